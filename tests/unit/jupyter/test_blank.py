"""A copy of a lesson: no outputs, and links that lead somewhere from where it is."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import nbformat
import pytest

from crosscraft.errors import LessonError
from crosscraft.jupyter import blank
from crosscraft.paths import ROOT

PAGES = sorted([*ROOT.glob("notebooks/*.ipynb"), ROOT / "notebooks/welcome.md"])
LINK = re.compile(r"""\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)\"""")
COPIED = {page.name for page in PAGES}


def prose(text: str, suffix: str) -> str:
    if suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


@pytest.mark.parametrize("place", ["workspace/lessons", "pages-aside/lessons"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_every_copy_leads_somewhere(page: Path, place: str, tmp_path: Path) -> None:
    """In the clone, and in a folder with a link to it."""
    lessons = tmp_path / place
    lessons.mkdir(parents=True)
    (tmp_path / "pages").symlink_to(ROOT)
    text = blank.text(page, os.path.relpath(tmp_path / "pages", lessons))
    found = [one or other for one, other in LINK.findall(prose(text, page.suffix))]
    local = [target.partition("#")[0] for target in found if "://" not in target]
    assert local
    for target in local:
        assert target in COPIED or Path(os.path.normpath(lessons / target)).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_copy_has_the_sources_and_no_outputs(page: Path) -> None:
    text = blank.text(page, "../..")
    if page.suffix != ".ipynb":
        return
    copy, committed = json.loads(text), json.loads(page.read_text(encoding="utf-8"))
    nbformat.validate(nbformat.reads(text, as_version=4))
    code = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
    assert {json.dumps([cell["outputs"], cell["execution_count"]]) for cell in code} == {
        "[[], null]"
    }
    for mine, theirs in zip(copy["cells"], committed["cells"], strict=True):
        assert (mine["id"], mine["metadata"]) == (theirs["id"], theirs["metadata"])
        assert mine["cell_type"] == "markdown" or mine["source"] == theirs["source"]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page in a small clone with one other file."""
    (tmp_path / "notebooks/images").mkdir(parents=True)
    (tmp_path / "notebooks/images/a.svg").touch()
    (tmp_path / "notebooks/01-two.ipynb").touch()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/p.md").touch()
    return tmp_path / "notebooks/welcome.md"


@pytest.mark.parametrize(
    ("link", "copied"),
    [
        ("[a](../docs/p.md#part)", "[a](../../docs/p.md#part)"),
        ('[a](../docs/p.md "title")', '[a](../../docs/p.md "title")'),
        ("![a](images/a.svg)", "![a](../../notebooks/images/a.svg)"),
        ('<img src="images/a.svg">', '<img src="../../notebooks/images/a.svg">'),
        ("[a](01-two.ipynb)", "[a](01-two.ipynb)"),
        ("[a](#here)", "[a](#here)"),
        ("[a](https://example.org/docs/p.md)", "[a](https://example.org/docs/p.md)"),
        ("[a](/docs/p.md)", "[a](/docs/p.md)"),
        ("`table[row](column)`", "`table[row](column)`"),
        ("[a](../../outside)", "[a](../../outside)"),
    ],
)
def test_links_to_what_is_not_copied_are_changed(page: Path, link: str, copied: str) -> None:
    page.write_text(f"# A\n{link}\n")
    assert blank.text(page, "../..") == f"# A\n{copied}\n"


def test_a_widgets_state_is_dropped_and_an_opening_comes_first(page: Path) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_raw_cell("raw"), nbformat.v4.new_code_cell("1")],
        metadata={"widgets": {"a": 1}, "kernelspec": {"name": "python3", "display_name": "P"}},
    )
    path = page.with_name("00-one.ipynb")
    nbformat.write(notebook, path)
    copy = nbformat.reads(blank.text(path, "../..", "**Newer**\n\nThat is all.\n"), as_version=4)
    assert "widgets" not in copy.metadata
    assert [cell.source for cell in copy.cells] == ["**Newer**\n\nThat is all.\n", "raw", "1"]


def test_cells_are_those_of_the_sources_alone(page: Path) -> None:
    path = page.with_name("00-one.ipynb")
    cell = nbformat.v4.new_code_cell("a = 1\na", id="one")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    before = blank.cells(path)
    assert before == {"one": "a = 1\na"}
    cell.outputs = [nbformat.v4.new_output("stream", text="1")]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    assert blank.cells(path) == before
    page.write_text("# A\ntext\n\n## B\n\n# not the end\n")
    assert blank.cells(page) == {
        "# A": "# A\ntext\n\n", "## B": "## B\n\n", "# not the end": "# not the end\n",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 1}', '{"cells": [{"id": "a"}]}'])
def test_a_damaged_notebook_is_one_line(page: Path, text: str) -> None:
    path = page.with_name("00-one.ipynb")
    path.write_text(text)
    for read in (blank.cells, lambda path: blank.text(path, "..")):
        with pytest.raises(LessonError, match=r"00-one\.ipynb is not a notebook"):
            read(path)
