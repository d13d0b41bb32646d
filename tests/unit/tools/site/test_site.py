"""The site itself, made as `make site` makes it: what a reader sees."""

from __future__ import annotations

import importlib.util
import itertools
import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from crosscraft.building.check import catalogue
from crosscraft.errors import SiteError
from crosscraft.lessons import series
from crosscraft.paths import ROOT
from tests.support.small_site import lesson
from tools.site import check, elsewhere, make
from tools.site.elsewhere import Places

pytestmark = pytest.mark.skipif(
    not importlib.util.find_spec("furo"),
    reason="the extra 'site' is not installed: make site installs it",
)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
Make = Callable[..., Path]


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of this repository."""
    folder = tmp_path_factory.mktemp("site")
    make.build(folder, Places())
    return folder / "html"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_nothing_is_fetched_from_elsewhere(html: Path) -> None:
    assert check.check(html, make.allowed(Places())) == []


def test_the_same_sources_give_the_same_bytes(
    html: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.delenv("HOME", raising=False)
    make.build(tmp_path, Places())
    first, second = files(html), files(tmp_path / "html")
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] != second[name]]
    assert not [name for name, data in first.items() if str(html.parent).encode() in data]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_is_shown_with_all_that_it_printed(html: Path, path: Path) -> None:
    page = text_of(html / "notebooks" / f"{path.stem}.html")
    told = series.read(path)
    assert f"<title>{told.number} · {told.title} - Crosscraft</title>" in page
    assert f"{told.reading} minutes of reading" in page
    cells = [c for c in json.loads(text_of(path))["cells"] if c["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    static = [
        "".join(output["data"].get("text/html", "")) for output in outputs if "data" in output
    ]
    folded = sum("<details><summary>" in text and "more lines" in text for text in static)
    assert page.count('class="cell_input ') == len(cells)
    assert page.count('class="cell_output ') == len([c for c in cells if c["outputs"]])
    assert page.count('<div class="crosscraft"') + folded == len(list(filter(None, static)))
    assert page.count(" more lines</summary>") == folded
    assert 'class="err"' not in page
    assert "require" not in "".join(re.findall(r"<script[^>]*>", page))


def test_the_series_is_walked_from_page_to_page(html: Path) -> None:
    names = ["../index", *(f"{path.stem}" for path in NOTEBOOKS), "../cpp_math/index"]
    for before, path, after in zip(names, NOTEBOOKS, names[2:], strict=False):
        page = text_of(html / "notebooks" / f"{path.stem}.html")
        assert re.search(rf'class="prev-page" href="{before}.html"', page)
        assert re.search(rf'class="next-page" href="{after}.html"', page)


def test_the_front_page_leads_to_every_lesson(html: Path) -> None:
    front = text_of(html / "index.html")
    for path in NOTEBOOKS:
        assert f'href="notebooks/{path.stem}.html"' in front
    shown = re.sub(r"<[^>]+>", "", front)
    assert all(f"make {target}" in shown for target in ("lab", "build", "test"))


def test_a_term_says_what_it_means_where_it_is_used(html: Path) -> None:
    glossary = text_of(html / "docs" / "glossary.html")
    links = re.findall(
        r'<a class="[^"]*term[^"]*" href="\.\./docs/glossary\.html#([\w-]+)" title="([^"]+)"',
        "".join(text_of(html / "notebooks" / f"{path.stem}.html") for path in NOTEBOOKS),
    )
    assert len(links) > 50
    assert all(f'id="{term}"' in glossary and len(meaning) > 20 for term, meaning in links)


def test_an_anchor_for_jupyterlab_is_not_on_the_site(html: Path) -> None:
    glossary = text_of(html / "docs" / "glossary.html")
    ids = re.findall(r' id="([^"]+)"', glossary)
    assert "soabi" in ids
    assert len(ids) == len(set(ids))
    lessons = "".join(text_of(html / "notebooks" / f"{path.stem}.html") for path in NOTEBOOKS)
    assert "&lt;a id=" not in lessons


def test_an_error_is_found_by_its_message(html: Path) -> None:
    for trap in catalogue.traps():
        page = text_of(html / f"docs/errors/{trap.name}.html")
        (shown,) = re.findall(r"<title>(.*?) - Crosscraft</title>", page)
        assert plain(unescape(shown)) == plain(trap.title)
        assert f'href="{trap.name}.html"' in text_of(html / "docs/errors/README.html")


def plain(text: str) -> str:
    """A title without the quotes that Sphinx makes typographic, and without backquotes."""
    return re.sub(r" (?=[,:])", "", re.sub(r"[^\w.,:]+", " ", text)).strip()


def test_the_search_knows_words_of_every_kind_of_page(html: Path) -> None:
    index = text_of(html / "searchindex.js")
    assert index.startswith("Search.setIndex(")
    assert all(f'"{word}"' in index or f"{word}:" in index for word in ("soabi", "qemu", "sysroot"))


def test_headings_are_in_order_and_pictures_have_words(html: Path) -> None:
    for path in sorted(html.rglob("*.html")):
        page = text_of(path)
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", page)]
        assert levels[:1] == [1], path.name
        assert levels.count(1) == 1, path.name
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), path.name
        assert all(re.search(r'alt="[^"]', tag) for tag in re.findall(r"<img [^>]*>", page))


def test_the_ways_to_open_a_lesson_are_those_that_were_set(
    repository: Make, tmp_path: Path
) -> None:
    places = Places("https://github.com/owner/name", "https://hub.example.org/{path}")
    make.build(tmp_path, places, repository())
    page = text_of(tmp_path / "html" / "notebooks" / "00-one.html")
    bar = page.split('class="lesson-bar"')[1].split("</div>")[0]
    found = re.findall(r'href="([^"]+)"', bar)
    assert found == [one.url for one in elsewhere.openings("notebooks/00-one.ipynb", places)]
    assert check.check(tmp_path / "html", make.allowed(places)) == []


def test_what_is_no_page_can_still_be_linked(repository: Make, tmp_path: Path) -> None:
    links = "[a](../deploy) [b](../deploy/b.txt) ![c](https://badge.example/c.svg) $PREFIX $HOST"
    cells = lesson("00", "One", ("markdown", "[d](../cpp_math) [e](../docs/p.md#a-part)"))
    extra = {"docs/p.md": f"# P\n\n{links}\n\n## A part\n", "notebooks/00-one.ipynb": cells}
    root = repository(**extra, **{"deploy/b.txt": "b"})
    make.build(tmp_path, Places(), root)
    page = text_of(tmp_path / "html" / "docs" / "p.html")
    assert 'href="../deploy/index.html"' in page
    assert re.search(r'href="\.\./_downloads/\w+/b\.txt"', page)
    assert "badge.example" not in page
    assert "$PREFIX $HOST" in page
    lesson_page = text_of(tmp_path / "html" / "notebooks" / "00-one.html")
    assert 'href="../cpp_math/index.html"' in lesson_page
    assert 'href="../docs/p.html#a-part"' in lesson_page


def test_bad_links_in_a_source_are_named_with_their_page(repository: Make, tmp_path: Path) -> None:
    links = "[a](gone.md)\n\n[b](glossary.md#gone)\n\n![c](gone.png)\n"
    with pytest.raises(SiteError) as raised:
        make.build(tmp_path, Places(), repository(**{"docs/page.md": f"# Page\n\n{links}"}))
    said = "\n".join(raised.value.detail)
    assert "docs/page.md:3: WARNING: 'myst' cross-reference target not found: 'gone.md'" in said
    assert "docs/page.md:5: WARNING: local id not found in doc 'docs/glossary': 'gone'" in said
    assert "docs/page.md:7: WARNING: image file not readable: docs/gone.png" in said
