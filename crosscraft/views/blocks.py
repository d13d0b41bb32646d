"""The blocks that a view consists of: paragraphs, tables, texts and pictures.

:mod:`crosscraft.views.content` converts facts to blocks. Terminals, static pages and widgets all
draw the same blocks, so they show the same facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["Bar", "Block", "Paragraph", "Picture", "Problem", "Source", "Table", "Varies"]
__all__ += ["cut", "number"]


Row = TypeVar("Row")


class Varies(str):
    """A value that can differ in another build or on another machine, such as a size, an address
    or a hash. HTML marks it, so that tests/sanitize.cfg can ignore it in comparisons."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error message, shown in place of a result."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head."""

    caption: str
    """The title."""
    head: tuple[str, ...]
    """A title for each column. The first column names its row."""
    rows: Sequence[tuple[str, ...]]
    """The cells."""
    note: str = ""
    """A note on what was left out, or empty."""
    right: tuple[int, ...] = ()
    """The columns that are aligned to the right, counted from 0."""
    code: tuple[int, ...] = ()
    """The columns in monospaced type. Their lines break only at the column's width."""
    marked: int | None = None
    """The chosen row, counted from 0. It is shown with an arrow."""
    prose: bool = False
    """Whether the last column has sentences. On a narrow page they go below their row."""


@dataclass(frozen=True, slots=True)
class Source:
    """Verbatim text of a file, or a dump of bytes."""

    caption: str
    """The title."""
    text: str
    """The lines."""
    note: str = ""
    """A note on what was left out, or empty."""
    marked: int | None = None
    """The line to mark, counted from 1."""
    varies: bool = False
    """Whether the text can differ in another build, as with :class:`Varies`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One section of a file, drawn to scale."""

    name: str
    kind: str
    """The purpose of the section, one of :data:`crosscraft.views.drawing.KINDS`."""
    start: int
    """The offset in the file, in bytes."""
    size: int
    """The size in the file, in bytes. It is 0 if the section takes no space there."""
    marked: bool = False
    """Whether the section is chosen."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The sections of a file, drawn to scale. A table beside it has the same facts."""

    caption: str
    bars: tuple[Bar, ...]
    total: int
    """The size of the whole file, in bytes."""


Block = Paragraph | Problem | Table | Source | Picture


def number(value: int) -> str:
    """Return a number with a thin space between thousands: ``29 232``."""
    return f"{value:,}".replace(",", " ")


def cut(rows: Sequence[Row], limit: int, what: str) -> tuple[Sequence[Row], str]:
    """Return the first `limit` rows, and a note if rows are left out, or an empty string."""
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], f"The first {number(limit)} of {number(len(rows))} {what}."
