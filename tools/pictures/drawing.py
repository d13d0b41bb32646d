"""Draw a picture as SVG, legible on light and dark pages.

A picture has its own background, so it is legible even if a page and its reader's system differ in
their colours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from tools.pictures import model
from tools.pictures.model import LINE, WIDTH, Align, Arrow, Box, Label, Picture, Tone, runs

__all__ = ["DARK", "LIGHT", "PADDING", "Colors", "baselines", "svg"]

PADDING = 8
"""Between the edge of a box and its text."""


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of a picture: tints and shades of Okabe and Ito's, which everybody can tell."""

    page: str
    """The background."""
    ink: str
    """Text and arrows."""
    tones: dict[Tone, tuple[str, str]]
    """The inside and the edge of boxes."""


LIGHT = Colors(
    "#ffffff",
    "#1f2328",
    {
        Tone.PLAIN: ("#f4f5f7", "#6b7280"),
        Tone.HERE: ("#d9edfa", "#0072b2"),
        Tone.ARM: ("#fdf0d0", "#996900"),
        Tone.ALL: ("#d3f0e4", "#00734f"),
        Tone.NO: ("#f8c4ad", "#a63c00"),
    },
)

DARK = Colors(
    "#15191e",
    "#e8ecf0",
    {
        Tone.PLAIN: ("#232930", "#8b949e"),
        Tone.HERE: ("#0e3a56", "#56b4e9"),
        Tone.ARM: ("#5f450a", "#f0ab12"),
        Tone.ALL: ("#073d2e", "#2cbf93"),
        Tone.NO: ("#481c07", "#f0803c"),
    },
)

_BASELINE = 5
"""From the middle of a line down to its baseline."""


def svg(picture: Picture) -> str:
    """Return the picture as the text of an SVG file."""
    tones = [tone for tone in Tone if any(box.tone is tone for box in picture.boxes)]
    body = [line for element in picture.elements for line in _drawn(element)]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {picture.height}" '
            f'width="{WIDTH}" height="{picture.height}" role="img" aria-labelledby="t d">',
            f'  <title id="t">{escape(picture.title)}</title>',
            f'  <desc id="d">{escape(picture.description)}</desc>',
            "  <style>",
            f"    text {{ font: {model.SIZE}px system-ui, 'DejaVu Sans', sans-serif }}",
            f"    .code {{ font: {model.CODE}px ui-monospace, 'DejaVu Sans Mono', monospace }}",
            "    .bold { font-weight: bold }",
            "    .arrow { fill: none; stroke-width: 2 }",
            "    .dashed { stroke-dasharray: 6 4 }",
            *_rules(LIGHT, tones, "    "),
            "    @media (prefers-color-scheme: dark) {",
            *_rules(DARK, tones, "      "),
            "    }",
            "  </style>",
            '  <marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6" '
            'markerHeight="6" orient="auto"><path class="ink" d="M0 0l10 5l-10 5z"/></marker>',
            f'  <rect class="page" width="{WIDTH}" height="{picture.height}" rx="8"/>',
            *body,
            "</svg>\n",
        )
    )


def _rules(colors: Colors, tones: list[Tone], indent: str) -> Iterator[str]:
    yield f"{indent}.page {{ fill: {colors.page} }}"
    yield f"{indent}text, .ink {{ fill: {colors.ink} }}"
    yield f"{indent}.arrow {{ stroke: {colors.ink} }}"
    for tone in tones:
        fill, stroke = colors.tones[tone]
        yield f"{indent}.{tone.value} {{ fill: {fill}; stroke: {stroke} }}"


def _drawn(element: Box | Arrow | Label) -> Iterator[str]:
    match element:
        case Box():
            dashed = " dashed" if element.dashed else ""
            yield (
                f'  <rect class="{element.tone.value}{dashed}" x="{element.x}" y="{element.y}" '
                f'width="{element.width}" height="{element.height}" rx="6"/>'
            )
            x, anchor = (
                (element.center[0], "middle")
                if element.align is Align.MIDDLE
                else (element.x + PADDING, "start")
            )
            for y, line in zip(baselines(element), element.lines, strict=True):
                yield _text(x, y, line, anchor)
        case Arrow():
            path = "L".join(f"{x} {y}" for x, y in element.points)
            yield f'  <path class="arrow" marker-end="url(#head)" d="M{path}"/>'
        case Label():
            yield _text(element.x, element.y, element.text, element.anchor)


def baselines(box: Box) -> Iterator[int]:
    """Yield the y of the baseline of each line of a box."""
    free = box.height - LINE * len(box.lines)
    top = box.y + (PADDING if box.align is Align.TOP else free // 2)
    for number in range(len(box.lines)):
        yield top + LINE * number + LINE // 2 + _BASELINE


def _text(x: int, y: int, line: str, anchor: str) -> str:
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    parts = (
        f'<tspan class="{run.kind}">{escape(run.text, quote=False)}</tspan>'
        if run.kind
        else escape(run.text, quote=False)
        for run in runs(line)
    )
    return f'  <text x="{x}" y="{y}"{place}>{"".join(parts)}</text>'
