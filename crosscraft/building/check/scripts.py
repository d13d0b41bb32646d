"""Read shell scripts: the commands in them, word by word. Nothing is run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Command", "Line", "commands", "joined"]

_JOINED = re.compile(r"\\\r?\Z")
_SEPARATORS = {"&&", "||", ";", "|", "&", "(", ")", "{", "}", ";;"}
_KEYWORDS = {"if", "then", "else", "elif", "do", "while", "until", "!", "time", "exec", "command"}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a script."""

    text: str
    """As written."""
    file: str
    """The path in the project: a script, or the recipe that contains it."""
    line: int
    """From 1."""


@dataclass(frozen=True)
class Command:
    """A simple command of a script."""

    words: tuple[str, ...]
    """The words, with assignments before the program and without quotes."""
    file: str
    """The path in the project."""
    line: int
    """The first of its lines, from 1."""
    text: str
    """The lines that it stands in, joined."""

    @cached_property
    def assignments(self) -> dict[str, str]:
        """The variables that are set for the command, or by it if it has no program."""
        found = [word.partition("=") for word in self._split[0]]
        return {name.rstrip("+"): value for name, _, value in found}

    @cached_property
    def argv(self) -> tuple[str, ...]:
        """The program and its arguments. ``env`` and ``export`` are left out before assignments."""
        return self._split[1]

    @property
    def program(self) -> str:
        """The file name of the program, or the whole word if it begins with a variable."""
        return self.argv[0].rpartition("/")[2] if self.argv else ""

    @cached_property
    def _split(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        words = list(self.words)
        while words and words[0] in _KEYWORDS:
            words.pop(0)
        if words and words[0] in ("export", "env", "declare", "local"):
            words.pop(0)
        at = next((n for n, word in enumerate(words) if not _ASSIGNMENT.match(word)), len(words))
        return tuple(words[:at]), tuple(words[at:])


def joined(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines of a script, continued ones as one, without here-documents."""
    waiting: list[Line] = []
    until = ""
    for line in lines:
        if until:
            until = "" if line.text.strip() == until else until
            continue
        waiting.append(line)
        if _JOINED.search(line.text):
            continue
        whole = _whole(waiting)
        yield whole
        here = re.search(r"<<-?\s*(['\"]?)(\w+)\1", whole.text)
        until = here[2] if here else ""
        waiting = []
    if waiting:
        yield _whole(waiting)


def _whole(lines: Sequence[Line]) -> Line:
    text = " ".join(_JOINED.sub("", each.text).rstrip("\r") for each in lines)
    return Line(text, lines[0].file, lines[0].line)


def commands(lines: Sequence[Line]) -> Iterator[Command]:
    """Yield the simple commands of a script, without those in here-documents."""
    for line in joined(lines):
        yield from _simple(line)


def _simple(line: Line) -> Iterator[Command]:
    words: list[str] = []
    for word in [*_words(line.text), ";"]:
        if word in _SEPARATORS or set(word) <= set(";&|()"):
            if words:
                yield Command(tuple(words), line.file, line.line, line.text)
            words = []
        else:
            words.append(word)


def _words(text: str) -> list[str]:
    # Templates of a recipe contain blanks and quotes that are not the shell's.
    plain = re.sub(r"\$?\{\{(.*?)\}\}", lambda found: "".join(found[0].split()), text[:20_000])
    plain = re.sub(r"\$\(", "(", plain.replace("`", " "))
    lexer = shlex.shlex(plain, posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        return list(lexer)
    except ValueError:  # a quote that another line closes
        return plain.split()
