"""What a view says, before it is drawn: tables, words, texts, and one kind of picture.

Facts become blocks once, in :mod:`crosscraft.views.content`. Terminals, static pages and
widgets draw the same blocks, so that none of them says more than another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["Bar", "Block", "Paragraph", "Picture", "Problem", "Source", "Table", "Varies"]
__all__ += ["cut", "number"]


Row = TypeVar("Row")


class Varies(str):
    """A value that another build or another machine may have otherwise: a size, an address, a
    hash. It is shown as any other, and marked in HTML, so that tests/sanitize.cfg can leave it
    out when notebooks are compared."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that failed, said in place."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head."""

    caption: str
    """What the table is about."""
    head: tuple[str, ...]
    """A title for each column. The first column names its row."""
    rows: Sequence[tuple[str, ...]]
    """The cells."""
    note: str = ""
    """What was left out, in words; empty if nothing was."""
    right: tuple[int, ...] = ()
    """The columns, counted from 0, that are set flush right."""
    code: tuple[int, ...] = ()
    """The columns that are set in the type of code, and broken nowhere but at their end."""
    marked: int | None = None
    """The row that is chosen, counted from 0. It is shown with an arrow."""
    prose: bool = False
    """Whether the last column is sentences. On a narrow page they go below their row."""


@dataclass(frozen=True, slots=True)
class Source:
    """Text of a file, or bytes written out, as they are."""

    caption: str
    """What it is."""
    text: str
    """Its lines."""
    note: str = ""
    """What was left out, in words; empty if nothing was."""
    marked: int | None = None
    """The line that is meant, counted from 1."""
    varies: bool = False
    """Whether another build may have it otherwise, as :class:`Varies`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of a file, to be drawn to scale."""

    name: str
    kind: str
    """What the piece is for, one of :data:`crosscraft.views.drawing.KINDS`."""
    start: int
    """Where it begins, in bytes from the file's begin."""
    size: int
    """Its bytes in the file; 0 if it takes no room there."""
    marked: bool = False
    """Whether it is chosen."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Pieces of a file, drawn to scale. A table beside it says the same."""

    caption: str
    bars: tuple[Bar, ...]
    total: int
    """Bytes of the whole file."""


Block = Paragraph | Problem | Table | Source | Picture


def number(value: int) -> str:
    """Write a number with a narrow blank between thousands: ``29 232``."""
    return f"{value:,}".replace(",", " ")


def cut(rows: Sequence[Row], limit: int, what: str) -> tuple[Sequence[Row], str]:
    """Return the first `limit` rows, and a note in words if that leaves some out."""
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], f"The first {number(limit)} of {number(len(rows))} {what}."
