"""Read CMake files: commands, their arguments, and whether a cross build reaches them.

The language is that of cmake-language(7). Nothing is executed. Of the conditions only those are
decided that have the same value in every cross build of a conda package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crosscraft.building.check.texts import Text
from crosscraft.building.check.three_valued import both, either, negated

__all__ = ["Argument", "Command", "Known", "commands", "expand"]

_TOKEN = re.compile(
    r"(?P<blank>[ \t\r\n;]+)"
    r"|(?P<comment>\#\[(?P<c>=*)\[.*?(?:\](?P=c)\]|\Z)|\#[^\n]*)"
    r"|(?P<bracket>\[(?P<b>=*)\[(?P<inner>.*?)(?:\](?P=b)\]|\Z))"
    r'|"(?P<quoted>(?:[^"\\]|\\.)*)(?:"|\Z)'
    r"|(?P<paren>[()])"
    r'|(?P<plain>(?:[^\s()#"\\;]|\\.|"(?:[^"\\\n]|\\.)*")+)'
    r"|(?P<other>.)",
    re.S,
)
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_REFERENCE = re.compile(r"\$\{([\w./+-]+)\}")

_DEEPEST = 8
"""How often a variable's value is expanded again."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a command."""

    text: str
    """As written, without its quotes."""
    line: int
    """From 1."""
    is_quoted: bool = False
    """Whether it stands in quotes or brackets."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a CMake file."""

    name: str
    """In lower case."""
    arguments: tuple[Argument, ...]
    """Without parentheses."""
    file: str
    """The path in the project."""
    line: int
    """Of its name, from 1."""
    end: int
    """Of its closing parenthesis."""
    reached: bool | None = True
    """Whether a cross build gets here: None if that depends on something unknown."""

    @property
    def words(self) -> tuple[str, ...]:
        """The texts of the arguments."""
        return tuple(argument.text for argument in self.arguments)

    def perhaps(self) -> Command:
        """Return the command as it is in a file that a cross build may not read."""
        return replace(self, reached=None) if self.reached else self

    def after(self, keyword: str) -> str:
        """Return the word that follows `keyword`, or an empty text."""
        words = self.words
        at = words.index(keyword) + 1 if keyword in words else len(words)
        return words[at] if at < len(words) else ""


Known = Mapping[str, "bool | str"]
"""The values of conditions, and of variables, that are the same in every cross build."""


def commands(text: Text, known: Known) -> tuple[Command, ...]:
    """Return the commands of a file, in order.

    :param known: what is the same in every cross build.
    """
    return tuple(_with_branches(_parsed(text), known))


def expand(word: str, variables: Mapping[str, str]) -> str:
    """Return `word` with the variables of which the value is known."""
    for _ in range(_DEEPEST):
        new = _REFERENCE.sub(lambda found: variables.get(found[1], found[0]), word)[:10_000]
        if new == word:
            break
        word = new
    return word


def _parsed(text: Text) -> Iterator[Command]:
    name, started, depth, line = "", 0, 0, 1
    arguments: list[Argument] = []
    for token in _TOKEN.finditer(text.content):
        kind, word, at = token.lastgroup, token[0], line
        line += word.count("\n")
        if token["blank"] is not None or token["comment"] is not None:
            continue
        if token["paren"]:
            depth += 1 if word == "(" else -1
            if depth > 1 or (depth == 1 and word == ")"):
                arguments.append(Argument(word, at))
            elif depth == 0 and name:
                yield Command(name.lower(), tuple(arguments), text.name, started, at)
                name, arguments = "", []
            depth = max(depth, 0)
        elif depth == 0:
            name, started, arguments = (word if _NAME.match(word) else ""), at, []
        elif token["quoted"] is not None:
            arguments.append(Argument(_unescaped(token["quoted"]), at, True))
        elif token["bracket"] is not None:
            arguments.append(Argument(token["inner"], at, True))
        elif kind == "plain":
            arguments.append(Argument(_unescaped(word), at))


def _unescaped(word: str) -> str:
    return re.sub(r"\\([\"\\ ;()#])", r"\1", word)


def _with_branches(parsed: Iterator[Command], known: Known) -> Iterator[Command]:
    # For each open if(): whether the branch is taken, and whether an earlier branch was.
    taken: list[tuple[bool | None, bool | None]] = []
    for command in parsed:
        if command.name in ("endif", "endfunction", "endmacro"):
            taken = taken[:-1]
        elif command.name in ("function", "macro"):
            taken.append((None, False))
        elif command.name in ("elseif", "else") and taken:
            _, before = taken.pop()
            holds = _holds(command.words, known) if command.name == "elseif" else True
            taken.append((both(negated(before), holds), either(before, holds)))
        reached: bool | None = True
        for here, _ in taken:
            reached = both(reached, here)
        yield replace(command, reached=reached)
        if command.name == "if":
            holds = _holds(command.words, known)
            taken.append((holds, holds))


def _holds(words: Sequence[str], known: Known) -> bool | None:
    """Return the value of a condition, or None if it depends on something unknown."""
    return _Condition(words, known).disjunction()


class _Condition:
    """A condition of if(), read from left to right."""

    def __init__(self, words: Sequence[str], known: Known) -> None:
        self.words = list(words)
        self.known = known

    def disjunction(self) -> bool | None:
        value = self.conjunction()
        while self._take("OR"):
            value = either(value, self.conjunction())
        return value

    def conjunction(self) -> bool | None:
        value = self.negation()
        while self._take("AND"):
            value = both(value, self.negation())
        return value

    def negation(self) -> bool | None:
        if self._take("NOT"):
            return negated(self.negation())
        if self._take("("):
            value = self.disjunction()
            self._take(")")
            return value
        return self.atom()

    def atom(self) -> bool | None:
        words = []
        while self.words and self.words[0] not in ("AND", "OR", ")"):
            words.append(self.words.pop(0))
        text = " ".join(words)
        plain = _REFERENCE.sub(r"\1", text)
        value = self.known.get(plain, self.known.get(plain.upper()))
        return _compared(plain.split(" "), self.known) if value is None else bool(value)

    def _take(self, word: str) -> bool:
        if self.words and self.words[0] == word:
            self.words.pop(0)
            return True
        return False


def _compared(words: Sequence[str], known: Known) -> bool | None:
    """Return the value of a comparison of a variable with a text, or None."""
    if len(words) != 3 or not isinstance(known.get(words[0]), str):
        return None
    value, operator, other = str(known[words[0]]), words[1], words[2]
    if operator in ("STREQUAL", "EQUAL"):
        return value == other
    try:
        return bool(re.search(other, value)) if operator == "MATCHES" else None
    except re.error:
        return None
