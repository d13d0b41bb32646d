"""What real rattler-build and pixi were recorded to say: the files of docs/recorded.

    # a comment: versions
    $ a command
    a line that it printed
    [...]              lines that were cut
    [exit status 1]    where it is not 0

The commands of a file were run one after the other in a copy of cpp_math, which uses the local
channel as docs/engines.md says. That folder is called /home/you/cpp_math in them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.paths import ROOT

FOLDER = ROOT / "docs" / "recorded"
PROJECT = "/home/you/cpp_math"
CUT = "[...]"
_STATUS = re.compile(r"\[exit status (\d+)\]")


@dataclass(frozen=True)
class Command:
    """A command of a recording."""

    text: str
    """As it is typed."""
    lines: tuple[str, ...]
    """What it printed, with :data:`CUT` where lines were cut."""
    status: int
    """Its exit status."""


def read(path: Path) -> list[Command]:
    """Return the commands of a recording."""
    found = []
    _, *parts = re.split(r"^\$ ", path.read_text(encoding="utf-8"), flags=re.M)
    for part in parts:
        text, *lines = part.splitlines()
        status = _STATUS.fullmatch(lines[-1]) if lines else None
        said = lines[:-1] if status else lines
        found.append(Command(text, tuple(said), int(status[1]) if status else 0))
    return found


def is_excerpt(lines: Sequence[str], of: Sequence[str]) -> bool:
    """Whether `lines` are lines of the text `of` in order, where cuts are left out."""
    rest = iter(of)
    return all(line in rest for line in lines if line != CUT)
