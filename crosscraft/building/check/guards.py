"""The commands of a script that a cross build runs, whatever the script asks about platforms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from crosscraft.building.check.scripts import Command

__all__ = ["unguarded"]

_ASKS = re.compile(
    r"CROSS_?COMPIL|EMULATOR|(?:build|target|host)_platform|uname|\barch\b|\bARCH\b|SUBDIR"
    r"|\$\{?(?:BUILD|HOST)\b|_ALIAS|run_tests?\b|SKIP|OSTYPE|OSX_ARCH|cross",
    re.IGNORECASE,
)
"""What a condition asks about that may leave a command out of a cross build."""


def unguarded(commands: Iterable[Command]) -> Iterator[Command]:
    """Yield the commands that stand in no condition about platforms, nor in a function."""
    open_blocks: list[bool] = []
    for command in commands:
        first = command.words[0]
        if first in ("if", "case"):
            open_blocks.append(_asks(command.text))
        elif first == "elif" and open_blocks:
            open_blocks[-1] |= _asks(command.text)
        elif first in ("fi", "esac") and open_blocks:
            open_blocks.pop()
        if not any(open_blocks) and not _is_guarded(command):
            yield command


def _is_guarded(command: Command) -> bool:
    """Whether the condition stands on the same line: ``[[ … ]] && command``, ``command || …``."""
    return _joins(command.text) and _asks(command.text)


# A long line contains many commands, and each of them knows the whole line.
@lru_cache(maxsize=64)
def _asks(text: str) -> bool:
    return bool(_ASKS.search(text))


@lru_cache(maxsize=64)
def _joins(text: str) -> bool:
    return "&&" in text or "||" in text
