"""Draw the sections of a file to scale, as SVG.

The colours are those of Okabe and Ito ("Color Universal Design", 2008), which colour-blind people
can distinguish. Each kind also has a pattern, and each bar has its name beside it.
"""

from __future__ import annotations

from html import escape

from crosscraft.text import printable
from crosscraft.views.blocks import Picture, number

__all__ = ["KINDS", "svg"]

KINDS: dict[str, tuple[str, str]] = {
    "instructions": ("#0072B2", ""),
    "constants": ("#56B4E9", "M0 3H6"),
    "variables": ("#E69F00", "M0 0L6 6"),
    "names and symbols": ("#009E73", "M3 0V6"),
    "linking": ("#CC79A7", "M6 0L0 6"),
    "exceptions": ("#F0E442", "M0 3H6M3 0V6"),
    "notes": ("#D55E00", "M0 0L6 6M6 0L0 6"),
    "other": ("#999999", "M3 2V4"),
}
"""The purposes of sections, each with its colour and the SVG path of its pattern (6 × 6 tile)."""

_ROW, _NAME, _WIDTH, _BAR, _LETTER = 18, 170, 720, 12, 6.3
"""Pixels: the height of a row, the width of the names' column and of the whole picture, the
height of a bar, the average width of a letter."""


def svg(picture: Picture) -> str:
    """Return the drawing as an ``<svg>`` element with one row for each section. Screen readers
    read its title and description."""
    room = _WIDTH - _NAME - 10
    scale = room / max(1, picture.total)
    height = _ROW * len(picture.bars) + 2 * _ROW + 4
    largest = max(picture.bars, key=lambda bar: bar.size, default=None)
    description = (
        f"{len(picture.bars)} sections, each a bar at its place in the {number(picture.total)} "
        f"bytes of the file. "
    ) + (f"The largest is {printable(largest.name)}." if largest else "")
    used = list(dict.fromkeys(bar.kind for bar in picture.bars))
    rows = []
    for place, bar in enumerate(picture.bars):
        top = place * _ROW + 4
        begin = _NAME + bar.start * scale
        width = max(1.5, bar.size * scale)
        fill = f"url(#cc-{_slug(bar.kind)})" if bar.size else "none"
        name = escape(("▶ " if bar.marked else "") + _short(printable(bar.name)))
        weight = ' font-weight="bold"' if bar.marked else ""
        rows.append(
            f'<text x="{_NAME - 8}" y="{top + _BAR - 2}" text-anchor="end"{weight}>{name}</text>'
            f'<rect x="{begin:.1f}" y="{top}" width="{min(width, _WIDTH - begin):.1f}" '
            f'height="{_BAR}" fill="{fill}" stroke="currentColor" '
            f'stroke-width="{1.5 if bar.marked else 0.5}"'
            + ("" if bar.size else ' stroke-dasharray="2 2"')
            + "/>"
        )
    foot = len(picture.bars) * _ROW + 10
    left = 0.0
    for kind in used:
        rows.append(
            f'<rect x="{left:.0f}" y="{foot}" width="14" height="{_BAR}" '
            f'fill="url(#cc-{_slug(kind)})" stroke="currentColor" stroke-width="0.5"/>'
            f'<text x="{left + 18:.0f}" y="{foot + _BAR - 2}">{escape(kind)}</text>'
        )
        left += 30 + _LETTER * len(kind)
    return (
        f'<svg class="varies" role="img" '
        f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'style="max-width:100%;height:auto" font-size="11" fill="currentColor">'
        f"<title>{escape(printable(picture.caption))}</title><desc>{escape(description)}</desc>"
        f"<defs>{''.join(map(_pattern, used))}</defs>{''.join(rows)}</svg>"
    )


def _pattern(kind: str) -> str:
    colour, lines = KINDS[kind]
    drawn = f'<path d="{lines}" stroke="#000000" stroke-width="0.8" fill="none"/>' if lines else ""
    return (
        f'<pattern id="cc-{_slug(kind)}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{colour}"/>{drawn}</pattern>'
    )


def _slug(kind: str) -> str:
    return kind.replace(" ", "-")


def _short(name: str, limit: int = 24) -> str:
    return name if len(name) <= limit else name[: limit - 1] + "…"
