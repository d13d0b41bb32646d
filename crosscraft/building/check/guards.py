"""Which commands of a build script a cross build certainly runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from crosscraft.building.check.recipe_file import Output
from crosscraft.building.check.scripts import Command, Line, joined

__all__ = ["always_run", "unguarded"]

_PLATFORM = re.compile(
    r"CROSS_?COMPIL|EMULATOR|(?:build|target|host)_platform|uname|\barch\b|\bARCH\b|SUBDIR"
    r"|\$\{?(?:BUILD|HOST)\b|_ALIAS|run_tests?\b|SKIP|OSTYPE|OSX_ARCH|cross"
    r"|\$\{?\w*(?:TEST|CHECK)",
    re.IGNORECASE,
)
"""What a condition asks about that may leave a command out of a cross build. A variable about tests
may have been set by such a condition."""
_OPENS = re.compile(r"(?:^|[;&|]\s*)\s*(?:if|case)\b")
_CLOSES = re.compile(r"(?:^|[;&|]\s*)\s*(?:fi|esac)\b")
_FUNCTION = re.compile(r"^\s*(?:function\s+[\w-]+|[\w-]+\s*\(\))\s*(?:\(\))?\s*\{?\s*(?:#.*)?$")
_ATTEMPT = re.compile(r"\|\|\s*(?:true\b|:|echo\b)")
_LEAVES = re.compile(r"\bexit(?:\s+0)?\s*(?:;|$)")
_ASKED = re.compile(r"(?:\[|\btest)\s.*&&|(?:\]|\btest\s.*?)\s*\|\||&&\s*$")

_Asks = Callable[[str], bool]


def always_run(output: Output) -> Iterator[Command]:
    """Yield the commands outside of conditions and functions, whose failure ends the build."""
    undecided = set(_undecided(output.script, lambda text: True, _is_asked))
    for command in output.commands:
        where = (command.file, command.line)
        if where not in undecided and not _ATTEMPT.search(command.text):
            yield command


def unguarded(output: Output) -> Iterator[Command]:
    """Yield the commands outside of functions, and of conditions that ask about platforms."""
    undecided = set(_undecided(output.script, _asks_platform, _is_asked_for_platform))
    for command in output.commands:
        if (command.file, command.line) not in undecided:
            yield command


def _is_asked(text: str) -> bool:
    return bool(_ASKED.search(text))


# A long line contains many commands, and each of them knows the whole line.
@lru_cache(maxsize=64)
def _asks_platform(text: str) -> bool:
    return bool(_PLATFORM.search(text))


def _is_asked_for_platform(text: str) -> bool:
    return ("&&" in text or "||" in text) and _asks_platform(text)


def _undecided(lines: Sequence[Line], counts: _Asks, is_asked: _Asks) -> Iterator[tuple[str, int]]:
    """Yield the places of the lines that run only under a condition.

    :param counts: whether a line that opens a block opens a condition of this kind.
    :param is_asked: whether a line contains a condition of this kind, and what depends on it.
    """
    open_: list[bool] = []
    file, is_function, has_left = "", False, False
    for line in joined(lines):
        if line.file != file:
            open_, file, is_function, has_left = [], line.file, False, False
        text = line.text.partition(" #")[0]
        open_ += [counts(text)] * len(_OPENS.findall(text))
        if open_ and text.lstrip().startswith("elif"):
            open_[-1] |= counts(text)
        is_function = is_function or bool(_FUNCTION.match(text))
        depends = any(open_) or is_function or is_asked(text)
        if depends or has_left:
            yield line.file, line.line
        has_left = has_left or (depends and bool(_LEAVES.search(text)))
        del open_[max(0, len(open_) - len(_CLOSES.findall(text))) :]
        is_function = is_function and not text.startswith("}")
