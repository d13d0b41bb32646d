"""Draw views as text for a terminal or a pipe with rich.

The text is legible at 80 columns. Colours carry no information. rich omits them if NO_COLOR is set
or the output is not a terminal.
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
"""The maximum width of a row, in columns. The cells of wider rows go below each other."""


def inspection(facts: Inspection) -> Group:
    """Return the facts about a file as a rich renderable."""
    return draw(content.inspection(facts))


def comparison(differences: Sequence[Difference]) -> Group:
    """Return the differences between two packages as a rich renderable."""
    return draw(content.comparison(differences))


def rendered(recipe: Rendered, target: str) -> Group:
    """Return the outputs that a recipe would build for `target` as a rich renderable."""
    return draw(content.rendered(recipe, target))


def draw(blocks: Iterable[Block]) -> Group:
    """Return blocks as one renderable. Control characters are escaped."""
    from rich.console import Group

    return Group(*(part for block in blocks for part in _block(block)))


def plain(view: RenderableType, width: int = 80) -> str:
    """Return a renderable as text without escape codes, `width` columns wide."""
    import io

    from rich.console import Console

    stream = io.StringIO()
    # In a kernel, rich would display the text, whatever the file.
    Console(
        file=stream, width=width, color_system=None, force_terminal=False, force_jupyter=False
    ).print(view)
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
    """Yield a line for each bar of a picture: its name, its place to scale, its size."""
    total = max(1, picture.total)
    for bar in picture.bars:
        # The scale has 40 columns. Any bar with a size gets at least one of them.
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
    yield from _prose_rows(table, rows) if table.prose else [_grid(table, rows)]
    yield Text(f"{printable(table.note)}\n" if table.note else "")


def _grid(table: Table, rows: list[list[str]]) -> RenderableType:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="")
    for place, title in enumerate(table.head):
        justify: Literal["left", "right"] = "right" if place in table.right else "left"
        # Columns of code may become narrower than their title, because paths can break anywhere.
        least = 0 if place in table.code else max(len(word) for word in title.split() or [""])
        grid.add_column(title, justify=justify, overflow="fold", min_width=least)
    for row in rows:
        grid.add_row(*map(Text, row))
    return grid


def _prose_rows(table: Table, rows: list[list[str]]) -> Iterator[RenderableType]:
    """Yield rows with the sentences below them. If a row is too wide, its cells go below too."""
    from rich.padding import Padding
    from rich.text import Text

    lines = [list(table.head[:-1]), *(row[:-1] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    fits = sum(widths) + 2 * len(widths) <= _WIDTH
    if fits:
        aligned = [
            "  ".join(
                cell.rjust(width) if place in table.right else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        yield Text(aligned[0])
    for place, row in enumerate(rows, 1):
        yield Text(aligned[place] if fits else row[0])
        if not fits:
            for title, cell in zip(table.head[1:-1], row[1:-1], strict=True):
                yield Padding(Text(f"{title}: {cell}"), (0, 0, 0, 2), expand=False)
        if row[-1]:
            yield Padding(Text(row[-1], overflow="fold"), (0, 0, 0, 4), expand=False)
