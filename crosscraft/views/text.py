"""Views as text for a terminal or a pipe: the same blocks, drawn by rich.

Legible at 80 columns. Colour adds nothing but ease: rich leaves it out where NO_COLOR is set or
nobody watches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from crosscraft.text import printable
from crosscraft.views import content
from crosscraft.views.blocks import Block, Paragraph, Picture, Problem, Source, Table, number

if TYPE_CHECKING:
    from rich.console import Group, RenderableType

    from crosscraft.building.recipe import Rendered
    from crosscraft.inspection.comparison import Difference
    from crosscraft.inspection.inspect import Inspection

__all__ = ["comparison", "draw", "inspection", "plain", "rendered"]

_WIDTH = 80
"""Columns that a row may take before its cells go below each other."""


def inspection(facts: Inspection) -> Group:
    """Return what is in a file, to be printed by rich."""
    return draw(content.inspection(facts))


def comparison(differences: Sequence[Difference]) -> Group:
    """Return how two packages differ, to be printed by rich."""
    return draw(content.comparison(differences))


def rendered(recipe: Rendered, target: str) -> Group:
    """Return what a recipe would build for the platform `target`, to be printed by rich."""
    return draw(content.rendered(recipe, target))


def draw(blocks: Iterable[Block]) -> Group:
    """Return blocks as one renderable. What a terminal would obey is escaped."""
    from rich.console import Group

    return Group(*(part for block in blocks for part in _block(block)))


def plain(view: RenderableType, width: int = 80) -> str:
    """Return a renderable as text without any escape codes, `width` columns wide."""
    import io

    from rich.console import Console

    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None, force_terminal=False).print(view)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def _block(block: Block) -> Iterator[RenderableType]:
    from rich.text import Text

    match block:
        case Paragraph(text):
            yield Text(printable(text))
        case Problem(text):
            yield Text(f"Error: {printable(text)}")
        case Table():
            yield from _table(block)
        case Source():
            yield Text(printable(block.caption), style="bold")
            for count, line in enumerate(block.text.split("\n"), 1):
                mark = "" if block.marked is None else "> " if count == block.marked else "  "
                yield Text(mark + printable(line, keep="\t"))
            yield Text(printable(block.note))
        case Picture():
            yield Text(printable(block.caption), style="bold")
            yield from map(Text, _bars(block))
            yield Text("")


def _bars(picture: Picture) -> Iterator[str]:
    """Yield a line for each part of a picture: its name, its place to scale, its size."""
    total = max(1, picture.total)
    for bar in picture.bars:
        # 40 columns to scale; whatever is there gets one at least
        start = min(39, bar.start * 40 // total)
        width = max(1, bar.size * 40 // total) if bar.size else 0
        drawn = " " * start + "#" * min(width, 40 - start)
        name = printable(bar.name)[:22]
        yield f"{name:<22} |{drawn:<40}| {number(bar.size):>11}"


def _table(table: Table) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(printable(table.caption), style="bold")
    if not table.rows:
        yield Text("none\n")
        return
    rows = [
        [
            ("> " if place == table.marked and not column else "") + printable(cell)
            for column, cell in enumerate(row)
        ]
        for place, row in enumerate(table.rows)
    ]
    yield from _told(table, rows) if table.prose else [_drawn(table, rows)]
    yield Text(f"{printable(table.note)}\n" if table.note else "")


def _drawn(table: Table, rows: list[list[str]]) -> RenderableType:
    from rich import box
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="")
    for place, title in enumerate(table.head):
        justify: Literal["left", "right"] = "right" if place in table.right else "left"
        # What people read is broken between words if it can be, paths where they must.
        least = 0 if place in table.code else max(len(word) for word in title.split() or [""])
        drawn.add_column(title, justify=justify, overflow="fold", min_width=least)
    for row in rows:
        drawn.add_row(*map(Text, row))
    return drawn


def _told(table: Table, rows: list[list[str]]) -> Iterator[RenderableType]:
    """Sentences go below their row; and if what is left is too wide, so do all its cells."""
    from rich.padding import Padding
    from rich.text import Text

    lines = [list(table.head[:-1]), *(row[:-1] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    fits = sum(widths) + 2 * len(widths) <= _WIDTH
    if fits:
        laid = [
            "  ".join(
                cell.rjust(width) if place in table.right else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        yield Text(laid[0])
    for place, row in enumerate(rows, 1):
        yield Text(laid[place] if fits else row[0])
        if not fits:
            for title, cell in zip(table.head[1:-1], row[1:-1], strict=True):
                yield Padding(Text(f"{title}: {cell}"), (0, 0, 0, 2), expand=False)
        if row[-1]:
            yield Padding(Text(row[-1], overflow="fold"), (0, 0, 0, 4), expand=False)
