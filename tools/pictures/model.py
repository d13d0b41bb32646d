"""What a picture is made of. Lengths are in pixels of a picture that is `WIDTH` wide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain

__all__ = [
    "CODE", "LINE", "MARGIN", "SIZE", "WIDTH", "Align", "Arrow", "Box", "Element", "Label",
    "Picture", "Run", "Tone", "runs", "width",
]  # fmt: skip

WIDTH = 720
"""The width of the text in JupyterLab and on the site."""
MARGIN = 12
"""Free space along the edges."""
SIZE = 15
"""The size of text."""
CODE = 13
"""The size of code, whose letters are larger."""
LINE = 20
"""The height of a line."""


class Tone(Enum):
    """The meaning of a box. The words in the box say the same."""

    PLAIN = "plain"
    HERE = "here"
    """For the processor of this machine, x86_64."""
    ARM = "arm"
    """For aarch64."""
    ALL = "all"
    """For every processor, or for every Python."""
    NO = "no"
    """Something is refused or wrong."""


class Align(Enum):
    """The place of the lines in a box."""

    MIDDLE = "middle"
    LEFT = "left"
    TOP = "top"
    """At the top left, of a box that has boxes in it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with lines of text."""

    x: int
    y: int
    width: int
    height: int
    text: str = ""
    """Its lines. `code` is between backticks, and *bold text* between asterisks."""
    tone: Tone = Tone.PLAIN
    align: Align = Align.MIDDLE
    dashed: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of its text."""
        return tuple(self.text.splitlines())

    @property
    def right(self) -> int:
        """The x of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The y of its lower edge."""
        return self.y + self.height

    @property
    def center(self) -> tuple[int, int]:
        """The point in its middle."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line through points, with a head at its last point."""

    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text outside of boxes, with the same marks as a box's."""

    x: int
    y: int
    """Of the baseline."""
    text: str
    anchor: str = "start"
    """The part of the text that is at `x`: ``start``, ``middle`` or ``end``."""


Element = Box | Arrow | Label


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, with the words for people who don't see it."""

    name: str
    """Of the file, without ``.svg``."""
    title: str
    description: str
    """What it shows. Pages repeat it as the alternative text of the picture."""
    elements: tuple[Element, ...]
    """Boxes before the boxes in them."""

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes, in the order of `elements`."""
        return tuple(one for one in self.elements if isinstance(one, Box))

    @property
    def height(self) -> int:
        """The height with a margin."""
        lowest = (one.bottom for one in self.boxes)
        labels = (one.y + 4 for one in self.elements if isinstance(one, Label))
        return max(chain(lowest, labels)) + MARGIN


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a line in one font."""

    text: str
    kind: str = ""
    """``code``, ``bold``, or empty."""


_RUN = re.compile(r"`(?P<code>[^`]+)`|\*(?P<bold>[^*]+)\*|(?P<plain>[^`*]+)")


def runs(line: str) -> Iterator[Run]:
    """Yield the parts of a line.

    :raises ValueError: if a mark has no end.
    """
    at = 0
    for match in _RUN.finditer(line):
        if match.start() != at:
            break
        at = match.end()
        kind = match.lastgroup or ""
        yield Run(match[kind], kind if kind != "plain" else "")
    if at != len(line):
        raise ValueError(f"{line!r} has a mark without an end. Close it in tools/pictures.")


_CLASSES = {
    " !'(),-./:;IJ[]fijlrt|’": 0.42,
    '"?L_cksz': 0.6,
    "ABCDGHKNOQRUVXZ": 0.8,
    "%=>MWmw…×": 1.0,
}
_EM = {letter: em for letters, em in _CLASSES.items() for letter in letters}
"""The width of letters of DejaVu Sans, the widest font in common use, rounded up."""


def width(line: str) -> float:
    """Return the largest width of a line, in pixels."""
    factors = {"code": 0.605 * CODE, "": SIZE, "bold": 1.1 * SIZE}
    return sum(
        factors[run.kind] * (1 if run.kind == "code" else _EM.get(letter, 0.66))
        for run in runs(line)
        for letter in run.text
    )
