"""The same blocks as text and as HTML: escaped, legible, cut with words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from crosscraft.inspection.comparison import Difference
from crosscraft.inspection.inspect import inspect
from crosscraft.inspection.verdicts import Verdict
from crosscraft.views import content, drawing, html, member_content, text
from crosscraft.views.blocks import Bar, Paragraph, Picture, Problem, Source, Table, Varies, cut
from tests.support.drawn_pages import HOSTILE, said

HURTS = "<img src=x onerror=alert(1)>&\x1b[2J\u202e\x07"
ALL = (
    Paragraph(HURTS),
    Problem(HURTS),
    Table(HURTS, ("a", "b"), [(HURTS, Varies(HURTS))], HURTS, code=(1,), marked=0),
    Table(HURTS, ("a", "b"), [(HURTS, HURTS)], prose=True),
    Source(HURTS, HURTS, HURTS, marked=1),
    Picture(HURTS, (Bar(HURTS, "other", 0, 9),), 9),
)


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("rect", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("block", ALL, ids=lambda block: type(block).__name__)
def test_what_would_hurt_is_shown_and_does_not(block):
    page = html.draw([block])
    tags = Tags(page)
    assert not tags.open
    assert "img" not in [tag for tag, _ in tags.seen]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", page)
    assert "<img src=x onerror=alert(1)>&\\x1b[2J\\u202e\\x07" in said(page) or block is ALL[-1]
    plain = text.plain(text.draw([block]), width=200)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", plain)
    assert "<img src=x onerror=a" in plain


def test_a_table_is_one_for_a_screen_reader():
    page = html.draw([Table("A caption", ("name", "size"), [("x", "1"), ("y", "2")], marked=1)])
    seen = Tags(page).seen
    assert "<caption" in page
    assert [a["scope"] for tag, a in seen if tag == "th"] == ["col", "col", "row", "row"]
    assert [a.get("aria-current") for tag, a in seen if tag == "tr"] == [None, None, "true"]
    assert "▶ y" in said(page)  # and for one who sees no weight


def test_colours_are_those_of_the_page():
    page = html.draw(ALL[:5])
    colours = re.findall(r"(?:color|background|solid)[: ]([^;\"]*)", page)
    assert colours
    assert all(colour.startswith("var(--jp-") for colour in colours)
    assert all("inherit" in c or "currentColor" in c or "transparent" in c for c in colours)
    assert "<style" not in page
    assert "<script" not in page


def test_a_drawing_tells_kinds_apart_without_colour():
    bars = tuple(Bar(f"s{i}", kind, i, 1) for i, kind in enumerate(drawing.KINDS))
    page = drawing.svg(Picture("Sections", bars, 8))
    patterns = [lines for _, lines in drawing.KINDS.values()]
    assert len(set(patterns)) == len(patterns)
    assert len({colour for colour, _ in drawing.KINDS.values()}) == len(patterns)
    seen = Tags(page).seen
    assert seen[0][1]["role"] == "img"
    assert {"title", "desc"} <= {tag for tag, _ in seen}
    for kind in drawing.KINDS:
        assert f">{kind}</text>" in page


def test_a_drawing_is_to_scale():
    bars = (Bar("a", "other", 0, 100), Bar("b", "other", 100, 300), Bar("c", "other", 400, 0))
    page = drawing.svg(Picture("", bars, 400))
    rects = [a for tag, a in Tags(page).seen if tag == "rect" and a.get("y") in ("4", "22", "40")]
    first, second, none = ((float(a["x"]), float(a["width"]), a["fill"]) for a in rects)
    assert second[1] == pytest.approx(3 * first[1], abs=0.2)
    assert second[0] == pytest.approx(first[0] + first[1], abs=0.2)
    assert none[2] == "none"


def test_what_varies_is_marked():
    page = html.draw([Table("", ("a", "b"), [("x", Varies("1"))]), Source("", "z", varies=True)])
    assert re.findall(r'<(\w+)[^>]* class="varies"', page) == ["td", "pre"]


def test_text_has_no_escape_codes_and_fits(folder, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    for path in folder.rglob("*.conda"):
        plain = text.plain(text.inspection(inspect(path)))
        assert "\x1b" not in plain
        assert all(len(line) <= 80 for line in plain.splitlines())


def test_text_and_html_say_the_same(folder):
    found = inspect(folder / "linux-64" / "a-1-h0000000_0.conda")
    words = re.findall(r"\w{3,}", said(html.inspection(found)))
    plain = re.findall(r"\w{3,}", text.plain(text.inspection(found), width=500))
    # In text, the title of a last column of sentences has no place.
    assert set(words) ^ set(plain) == {"evidence"}


def test_verdicts_are_words():
    asked = [Verdict(f"q{h}", h, ("e",)) for h in (True, False, None)]
    rows = content.evidence(asked).rows
    assert [row[1] for row in rows] == ["yes", "NO", "cannot be known"]


def test_a_package_says_all_that_it_says_of_itself(folder):
    page = said(html.inspection(inspect(folder / "linux-64" / "a-1-h0000000_0.conda")))
    for fact in ("python >=3.11", "share/a/readme.txt", "info/about.json", "EM_", "linux-64"):
        assert fact in page
    assert "<script>alert(1)</script>\\x1b[2J\\u202etxt.py" in page


def test_a_binary_has_sections_in_a_drawing_and_in_a_table(extension):
    page = html.inspection(inspect(extension))
    assert "<svg" in page
    assert "the instructions of the program's functions" in said(page)
    assert "PyInit__speedups" in said(page)


def test_no_difference_is_said():
    assert "found no difference" in said(html.comparison(()))
    page = said(html.comparison((Difference("subdir", "l", "r", "because"),)))
    assert "subdir l r because" in page


def test_what_is_long_is_cut_and_said():
    rows, note = cut(range(20_000), 50, "symbols")
    assert (len(rows), note) == (50, "The first 50 of 20 000 symbols.")
    assert cut(range(50), 50, "symbols") == (range(50), "")


@pytest.mark.parametrize(
    ("data", "size", "told", "shown"),
    [
        (b"x\n" * 9, 18, "", 10),
        (b"x\n" * 2000, 4000, "The first 1 000 of 2 001 lines.", 1000),
        (b"x" * 2**16, 10**7, "The first 65 536 of 10 000 000 bytes.", 1),
        ("é".encode() * 2**15, 10**7, "The first 65 536 of 10 000 000 bytes.", 1),
        (bytes(300), 300, "The first 256 of 300 bytes.", 16),
        (b"\xff\xfe", 2, "", 1),
    ],
)
def test_a_member_is_cut_and_said(data, size, told, shown):
    (block,) = member_content.member("a", data, size)
    assert isinstance(block, Source)
    assert block.note == told
    assert len(block.text.split("\n")) == shown


def test_a_hostile_path_is_in_the_fixture_as_it_is_meant():
    assert "\x1b" in HOSTILE
    assert "<script>" in HOSTILE


def test_machine_code_of_other_systems_is_named():
    data = bytes.fromhex("cffaedfe0c0000010000000006000000") + bytes(200)
    library = f"{'a.o/':<48}{len(data):<10}`\n".encode() + data
    for shown, size in ((data, len(data)), (b"!<arch>\n" + library, 300)):
        page = said(html.draw(member_content.member("a", shown, size)))
        assert "a library for macOS (Mach-O), arm64" in page
