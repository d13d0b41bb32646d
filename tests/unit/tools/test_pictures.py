"""The pictures of the lessons: drawn from their facts, and legible."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from crosscraft.paths import ROOT
from tools.pictures import __main__ as pictures
from tools.pictures.catalog import PICTURES
from tools.pictures.drawing import DARK, LIGHT, PADDING, Colors, baselines, svg
from tools.pictures.model import (
    LINE,
    MARGIN,
    WIDTH,
    Align,
    Arrow,
    Box,
    Label,
    Picture,
    Tone,
    runs,
    width,
)
from tools.pictures.shapes import Cell, steps, table

SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 8_000
PAGES = [
    ROOT / "README.md",
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "notebooks").glob("*.ipynb"),
]
SHOWN = re.compile(r"!\[([^\]]*)\]\([^)]*\bimages/([a-z0-9-]+)\.svg\)")
OURS = {picture.name: picture for picture in PICTURES}
EVERY = pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)


@dataclass(frozen=True)
class Area:
    """A rectangle that text or a box covers."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Area) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def contains(self, other: Area) -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


def area(box: Box) -> Area:
    return Area(box.x, box.y, box.right, box.bottom)


def line_area(x: float, baseline: float, line: str, anchor: str) -> Area:
    across = width(line)
    left = x - {"start": 0, "middle": across / 2, "end": across}[anchor]
    return Area(left, baseline - 13, left + across, baseline + 4)


def text_areas(element: Box | Arrow | Label) -> Iterator[tuple[str, Area]]:
    match element:
        case Label():
            yield element.text, line_area(element.x, element.y, element.text, element.anchor)
        case Box():
            in_middle = element.align is Align.MIDDLE
            x, anchor = (element.center[0], "middle") if in_middle else (element.x + 8, "start")
            for line, y in zip(element.lines, baselines(element), strict=True):
                yield line, line_area(x, y, line, anchor)


def problems(picture: Picture) -> list[str]:
    """Return what is clipped, crossed or covered."""
    texts = [pair for element in picture.elements for pair in text_areas(element)]
    return [*of_boxes(picture), *of_texts(picture, texts), *of_arrows(picture, texts)]


def page(picture: Picture) -> Area:
    return Area(MARGIN, MARGIN, WIDTH - MARGIN, picture.height - MARGIN)


def of_boxes(picture: Picture) -> Iterator[str]:
    for box in picture.boxes:
        if not page(picture).contains(area(box)):
            yield f"{box.text!r} is at the edge"
        if any(width(line) + 2 * PADDING > box.width for line in box.lines):
            yield f"{box.text!r} is too wide for its box"
        if LINE * len(box.lines) + PADDING > box.height:
            yield f"{box.text!r} is too high for its box"
    for outer, inner in itertools.combinations(picture.boxes, 2):
        if area(outer).touches(area(inner)) and not area(outer).contains(area(inner)):
            yield f"the boxes {outer.text!r} and {inner.text!r} overlap"


def of_texts(picture: Picture, texts: Sequence[tuple[str, Area]]) -> Iterator[str]:
    for text, place in texts:
        if not page(picture).contains(place):
            yield f"{text!r} is at the edge"
        for box in picture.boxes:
            if area(box).touches(place) and not area(box).contains(place):
                yield f"{text!r} is on the edge of {box.text!r}"
    for (text, place), (other, elsewhere) in itertools.combinations(texts, 2):
        if place.touches(elsewhere):
            yield f"{text!r} is on {other!r}"


def of_arrows(picture: Picture, texts: Sequence[tuple[str, Area]]) -> Iterator[str]:
    for arrow in (one for one in picture.elements if isinstance(one, Arrow)):
        for (x, y), (to_x, to_y) in itertools.pairwise(arrow.points):
            line = Area(min(x, to_x) - 1, min(y, to_y) - 1, max(x, to_x) + 1, max(y, to_y) + 1)
            yield from (f"an arrow is on {text!r}" for text, place in texts if line.touches(place))


def channel(value: str) -> float:
    part = int(value, 16) / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """The ratio that the Web Content Accessibility Guidelines define."""
    darker, lighter = sorted(
        0.2126 * channel(color[1:3]) + 0.7152 * channel(color[3:5]) + 0.0722 * channel(color[5:])
        for color in (one, other)
    )
    return (lighter + 0.05) / (darker + 0.05)


@EVERY
class TestEvery:
    def test_is_stored_as_it_is_drawn(self, picture: Picture) -> None:
        path = pictures.FOLDER / f"{picture.name}.svg"
        assert path.read_text(encoding="utf-8") == svg(picture), "run python -m tools.pictures"
        assert path.stat().st_size < LARGEST

    def test_has_a_title_a_description_and_text_as_text(self, picture: Picture) -> None:
        root = ET.fromstring(svg(picture))
        assert root.findtext(f"{SVG}title") == picture.title
        assert root.findtext(f"{SVG}desc") == picture.description
        drawn = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
        said = [text for one in picture.elements for text, _ in text_areas(one)]
        assert drawn == ["".join(run.text for run in runs(text)) for text in said]

    def test_fetches_nothing_and_runs_nothing(self, picture: Picture) -> None:
        root = ET.fromstring(svg(picture))
        tags = {one.tag.removeprefix(SVG) for one in root.iter()}
        known = {"svg", "title", "desc", "style", "marker", "path", "rect", "text", "tspan"}
        assert tags <= known

    def test_nothing_is_clipped_or_covered(self, picture: Picture) -> None:
        assert problems(picture) == []

    def test_no_meaning_is_in_a_color_alone(self, picture: Picture) -> None:
        toned = [box for box in picture.boxes if box.tone is not Tone.PLAIN]
        assert all(box.text for box in toned)
        assert all(box.dashed for box in toned if box.tone is Tone.NO)

    def test_is_in_a_notebook(self, picture: Picture) -> None:
        notebooks = (path for path in PAGES if path.suffix == ".ipynb")
        assert any(f"images/{picture.name}.svg" in path.read_text() for path in notebooks)

    def test_names_only_packages_of_the_lessons(self, picture: Picture) -> None:
        lessons = "".join(path.read_text() for path in PAGES if path.suffix == ".ipynb")
        builds = re.findall(r"(?<=-)(?:h|pyh)[0-9a-f]{7}\b", svg(picture))
        assert all(build in lessons for build in builds)


def test_every_picture_in_the_folder_is_drawn_here() -> None:
    assert {path.stem for path in pictures.FOLDER.iterdir()} == set(OURS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_describe_a_picture_as_it_does(page: Path) -> None:
    for text, name in SHOWN.findall(page.read_text(encoding="utf-8")):
        if name in OURS:
            assert text == OURS[name].description


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_colors_have_contrast(colors: Colors) -> None:
    assert set(colors.tones) == set(Tone)
    assert contrast(colors.page, colors.ink) >= 4.5
    for fill, stroke in colors.tones.values():
        assert contrast(fill, colors.ink) >= 4.5
        assert contrast(stroke, colors.page) >= 3
        assert contrast(stroke, fill) >= 3


def test_contrast_is_the_guidelines() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def picture(*elements: Box | Arrow | Label) -> Picture:
    return Picture("a", "A", "B", elements)


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (picture(Box(12, 12, 40, 40, "a long line")), "too wide"),
        (picture(Box(12, 12, 200, 40, "a\nb\nc")), "too high"),
        (picture(Box(0, 12, 200, 40, "a")), "at the edge"),
        (picture(Box(12, 12, 200, 40), Box(100, 20, 200, 40)), "overlap"),
        (picture(Box(12, 12, 200, 40), Label(190, 40, "a label")), "on the edge"),
        (picture(Label(690, 40, "a label")), "at the edge"),
        (picture(Label(20, 40, "one"), Label(30, 45, "other")), "'one' is on 'other'"),
        (picture(Label(20, 40, "one"), Arrow(((10, 36), (90, 36)))), "an arrow is on"),
    ],
)
def test_a_wrong_picture_is_found(wrong: Picture, found: str) -> None:
    assert found in " ".join(problems(wrong))


def test_marks_choose_the_font() -> None:
    assert [(run.text, run.kind) for run in runs("a *b c* `d`")] == [
        ("a ", ""),
        ("b c", "bold"),
        (" ", ""),
        ("d", "code"),
    ]
    with pytest.raises(ValueError, match="mark without an end"):
        list(runs("a `b"))


def test_text_is_escaped() -> None:
    text = svg(picture(Box(12, 12, 200, 40, "`<a & b>`")))
    assert ET.fromstring(text).findtext(f".//{SVG}tspan") == "<a & b>"


def test_an_arrow_leads_to_the_next_step_and_row() -> None:
    first, second, third = Cell("a"), Cell("b"), Cell("c")
    drawn = list(steps(((first, second), (third,)), joined=True))
    boxes = {box.text: box for box in drawn if isinstance(box, Box)}
    ends = [(one.points[0], one.points[-1]) for one in drawn if isinstance(one, Arrow)]
    (a, y), (c, _) = boxes["a"].center, boxes["c"].center
    assert ((boxes["a"].right, y), (boxes["b"].x, y)) in ends
    assert ((boxes["b"].center[0], boxes["b"].bottom), (c, boxes["c"].y)) in ends
    assert a == c


def test_a_table_has_rows_of_one_height() -> None:
    drawn = list(table(("", "head"), ((Cell("a"), Cell("b\nc")),), (100, 100)))
    one, other = (box for box in drawn if isinstance(box, Box))
    assert (one.y, one.height) == (other.y, other.height)
    assert [label.text for label in drawn if isinstance(label, Label)] == ["*head*"]


def test_the_command_writes_all_pictures(tmp_path: Path) -> None:
    assert pictures.main(tmp_path) == 0
    assert {path.stem for path in tmp_path.iterdir()} == set(OURS)
