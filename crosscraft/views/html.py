"""Draw views as static HTML that is legible on GitHub, which strips styles, and in dark themes.

All text is escaped. The colours are JupyterLab's variables, or the page's colours outside of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from crosscraft.text import printable
from crosscraft.views import content, drawing
from crosscraft.views.blocks import Block, Paragraph, Picture, Problem, Source, Table, Varies

if TYPE_CHECKING:
    from crosscraft.building.recipe import Rendered
    from crosscraft.inspection.comparison import Difference
    from crosscraft.inspection.inspect import Inspection

__all__ = ["comparison", "draw", "inspection", "rendered"]

_TEXT = "color:var(--jp-content-font-color1, inherit)"
_LINE = "1px solid var(--jp-border-color1, currentColor)"
_SHADE = "background:var(--jp-layout-color2, transparent)"
_BREAK = "overflow-wrap:anywhere"
_LONG = 24
"""The maximum length, in characters, of a word that must not break."""
_CELL = "text-align:{};vertical-align:top;padding:2px 8px"


def inspection(facts: Inspection) -> str:
    """Return the facts about a file as HTML."""
    return draw(content.inspection(facts))


def comparison(differences: Sequence[Difference]) -> str:
    """Return the differences between two packages as HTML."""
    return draw(content.comparison(differences))


def rendered(recipe: Rendered, target: str) -> str:
    """Return the outputs that a recipe would build for the platform `target` as HTML."""
    return draw(content.rendered(recipe, target))


def draw(blocks: Iterable[Block]) -> str:
    """Return blocks as one ``<div>``. All text in them is escaped."""
    # The line height of widgets is that of their controls.
    style = f"{_TEXT};line-height:1.4"
    return f'<div class="crosscraft" style="{style}">{"".join(map(_block, blocks))}</div>'


def _block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f'<p style="{_BREAK}">{_escaped(text)}</p>'
        case Problem(text):
            # The word "Error" is for readers who cannot see the colour.
            edge = "border-left:4px solid var(--jp-error-color1, currentColor);padding-left:8px"
            style = f"{edge};{_BREAK}"
            return f'<p role="alert" style="{style}"><strong>Error:</strong> {_escaped(text)}</p>'
        case Table():
            return _table(block)
        case Source():
            return _source(block)
        case Picture():
            return drawing.svg(block)


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col" style="{_CELL.format(_side(table, place))}">{escape(title)}</th>'
        for place, title in enumerate(table.head)
    )
    rows = "".join(_row(table, place, row) for place, row in enumerate(table.rows))
    empty = f'<tr><td colspan="{len(table.head)}">none</td></tr>' if not table.rows else ""
    caption = f"text-align:left;font-weight:bold;padding:6px 0;caption-side:top;{_TEXT};{_BREAK}"
    return (
        f'<table style="border-collapse:collapse;margin:8px 0;font-size:inherit">'
        f'<caption style="{caption}">{_escaped(table.caption)}</caption>'
        f'<thead style="border-bottom:{_LINE}"><tr>{head}</tr></thead>'
        f"<tbody>{rows}{empty}</tbody></table>{_note(table.note)}"
    )


def _row(table: Table, place: int, row: tuple[str, ...]) -> str:
    chosen = place == table.marked
    cells = []
    for column, cell in enumerate(row):
        tag, scope = ("th", ' scope="row"') if column == 0 else ("td", "")
        varies = ' class="varies"' if isinstance(cell, Varies) else ""
        text = _escaped(cell)
        if column in table.code and cell:
            text = f"<code>{text}</code>"
        if column == 0 and chosen:
            text = f"▶ {text}"
        weight = ";font-weight:normal" if column == 0 and not chosen else ""
        # A long name may break anywhere, or it would push the other columns off the page.
        long = max(map(len, cell.split()), default=0) > _LONG
        wrap = f";{_BREAK}" if long else ""
        style = _CELL.format(_side(table, column)) + wrap + weight
        cells.append(f'<{tag}{scope}{varies} style="{style}">{text}</{tag}>')
    current = ' aria-current="true"' if chosen else ""
    return f"<tr{current}>" + "".join(cells) + "</tr>"


def _source(source: Source) -> str:
    text = escape(printable(source.text, keep="\n\t"))
    if source.marked is not None:
        text = "\n".join(
            f"<strong>▶ {line}</strong>" if place == source.marked else f"  {line}"
            for place, line in enumerate(text.split("\n"), 1)
        )
    varies = ' class="varies"' if source.varies else ""
    style = f"{_SHADE};{_TEXT};border:{_LINE};padding:6px 8px;overflow:auto;line-height:1.3"
    return (
        f'<p style="{_BREAK}"><strong>{_escaped(source.caption)}</strong></p>'
        f'<pre{varies} style="{style}">{text}</pre>{_note(source.note)}'
    )


def _note(text: str) -> str:
    return f"<p><em>{_escaped(text)}</em></p>" if text else ""


def _escaped(text: str) -> str:
    return escape(printable(text))


def _side(table: Table, column: int) -> str:
    return "right" if column in table.right else "left"
