"""Shapes that several pictures share: a table, steps with arrows, and a name in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.pictures.model import LINE, MARGIN, WIDTH, Align, Arrow, Box, Element, Label, Tone

__all__ = ["Cell", "Part", "name", "steps", "table"]

GAP = 6
"""Between the cells of a table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A box whose place follows from its row and column."""

    text: str
    tone: Tone = Tone.PLAIN
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a name."""

    text: str
    meaning: str
    """Its lines are written below the part."""
    tone: Tone = Tone.PLAIN


def _height(texts: Sequence[str]) -> int:
    """Return the height of boxes side by side that contain `texts`."""
    return LINE * max(text.count("\n") + 1 for text in texts) + 16


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    widths: Sequence[int],
    x: int = MARGIN,
    y: int = MARGIN,
) -> Iterator[Element]:
    """Yield a table whose first cells name the rows, and `head` the columns.

    :param widths: of the columns.
    :param x: of the left edge.
    :param y: of the upper edge.
    """
    places = [x + sum(widths[:column]) + GAP * column for column in range(len(widths))]
    if any(head):
        for place, title in zip(places, head, strict=True):
            if title:
                yield Label(place + 8, y + 16, f"*{title}*")
        y += LINE + GAP
    for row in rows:
        height = _height([cell.text for cell in row])
        for place, width, cell in zip(places, widths, row, strict=True):
            yield Box(place, y, width, height, cell.text, cell.tone, Align.LEFT, cell.dashed)
        y += height + GAP


def steps(
    rows: Sequence[Sequence[Cell]], gap: int = 36, joined: bool = False, y: int = MARGIN
) -> Iterator[Element]:
    """Yield rows of boxes, with an arrow from each box to the next of its row.

    :param gap: between the boxes of a row.
    :param joined: whether an arrow also leads from a row to the next one.
    :param y: of the upper edge.
    """
    columns = max(map(len, rows))
    width = (WIDTH - 2 * MARGIN - gap * (columns - 1)) // columns
    before: Box | None = None
    for row in rows:
        height = _height([cell.text for cell in row])
        boxes = [
            Box(
                MARGIN + (width + gap) * n,
                y,
                width,
                height,
                cell.text,
                cell.tone,
                dashed=cell.dashed,
            )
            for n, cell in enumerate(row)
        ]
        yield from boxes
        for left, right in pairwise(boxes):
            yield Arrow(((left.right, left.center[1]), (right.x, right.center[1])))
        if joined and before:
            middle = (before.bottom + y) // 2
            (start, _), (end, _) = before.center, boxes[0].center
            yield Arrow(((start, before.bottom), (start, middle), (end, middle), (end, y)))
        before = boxes[-1]
        y += height + (gap if joined else 2 * GAP)


def name(
    parts: Sequence[Part], widths: Sequence[int], group: str, grouped: range, y: int = MARGIN
) -> Iterator[Element]:
    """Yield a name in parts, with the meaning of each part below it.

    :param widths: of the parts.
    :param group: what the parts in `grouped` are together.
    :param grouped: the numbers of these parts.
    :param y: of the upper edge.
    """
    places = [MARGIN + GAP + sum(widths[:n]) + 2 * GAP * n for n in range(len(widths))]
    left, right = places[grouped[0]] - GAP, places[grouped[-1]] + widths[grouped[-1]] + GAP
    yield Box(left, y, right - left, LINE + 60, group, align=Align.TOP, dashed=True)
    for place, width, part in zip(places, widths, parts, strict=True):
        box = Box(place, y + 34, width, 40, part.text, part.tone)
        yield box
        for number, line in enumerate(part.meaning.splitlines()):
            yield Label(box.center[0], box.bottom + 28 + LINE * number, line, "middle")
