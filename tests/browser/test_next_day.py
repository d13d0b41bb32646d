"""What a learner meets who comes back: a new kernel, cells out of order, pages that were saved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from crosscraft.views.live import WIDGET_VIEW
from tests.support.browser.lab_page import LabPage, control
from tests.support.browser.lab_server import Lab

FIRST = "Run the first cell of this notebook"


@pytest.fixture(scope="module")
def restarted(open_notebook, own_lab: Lab) -> Iterator[LabPage]:
    """Notebook 01, opened and with no cell run."""
    with open_notebook("01-write-extension", own_lab) as page:
        yield page


def names(lab: Lab) -> set[str]:
    return {one.name for one in lab.lessons.iterdir() if one.name[0] != "."}


@pytest.mark.parametrize(
    "source",
    ["mkdir -p src hand", "{project}/src/math.cpp", 'lesson.check("predict-stub"'],
)
def test_a_cell_before_the_first_says_so_in_a_line(
    restarted: LabPage, own_lab: Lab, source: str
) -> None:
    before = names(own_lab)
    output = restarted.run(restarted.cell(source))
    expect(output).to_have_count(1)
    expect(output).to_contain_text(FIRST)
    expect(output).not_to_contain_text("Traceback")
    assert names(own_lab) == before


def test_a_typo_is_an_error_as_ever(restarted: LabPage) -> None:
    cell = restarted.cell('lesson.check("predict-stub"')
    restarted.write(cell, "elfs")
    expect(restarted.run(cell)).to_contain_text("name 'elfs' is not defined")


CELL = 'from crosscraft import views\nviews.PackageExplorer("../project/output")'


@pytest.fixture
def own(lab: Lab, packages: Path) -> str:
    """A notebook that JupyterLab trusts when it is saved, because all of its cells have run."""
    assert packages.is_dir()
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(CELL, id="one")], metadata=metadata
    )
    nbformat.write(notebook, lab.lessons / "own.ipynb")
    return "own"


def explorer(page: LabPage) -> Locator:
    return page.outputs(page.cell("views.PackageExplorer")).first


def run_and_save(page: LabPage) -> None:
    page.run(page.cell("views.PackageExplorer"))
    (saved,) = page.save()
    assert {WIDGET_VIEW, "text/html"} <= set(saved["outputs"][0]["data"])


def test_a_page_that_is_loaded_again_keeps_its_widgets(open_notebook, own: str) -> None:
    with open_notebook(own) as page:
        run_and_save(page)
    with open_notebook(own) as page:
        expect(control(explorer(page), "Contents")).to_be_visible()
        control(explorer(page), "Filter").fill("no such file")
        expect(explorer(page)).to_contain_text("No file has 'no such file' in its path.")


def test_the_next_day_the_page_shows_the_static_table(open_notebook, own: str) -> None:
    with open_notebook(own) as page:
        run_and_save(page)
        page.menu("Kernel", "Shut Down Kernel")
        expect(page.notebook.locator(".jp-Notebook-ExecutionIndicator")).not_to_have_attribute(
            "data-status", "idle"
        )
    with open_notebook(own) as page:
        expect(explorer(page).get_by_role("table").first).to_be_visible()
        expect(page.notebook).not_to_contain_text("model not found")
        page.run(page.cell("views.PackageExplorer"))
        expect(control(explorer(page), "Contents")).to_be_visible()


def test_a_terminal_finds_the_command(restarted: LabPage, own_lab: Lab) -> None:
    """The server has no terminal, so JupyterLab would start a login shell."""
    restarted.menu("File", "New", "Terminal")
    terminal = restarted.page.locator(".jp-Terminal:not(.lm-mod-hidden)")
    terminal.click()
    restarted.page.keyboard.type("crosscraft --version > in-terminal\n")
    wrote = own_lab.clone / "in-terminal"
    deadline = 600
    while not (wrote.exists() and wrote.read_text()) and deadline:
        restarted.page.wait_for_timeout(100)
        deadline -= 1
    assert wrote.read_text().startswith("crosscraft")


GARBAGE = b"2\x12\xd7\x16n\x04"
"""A file name as a foreign program leaves it that a shell has run."""


def test_a_folder_with_a_name_of_bytes_is_listed(restarted: LabPage, own_lab: Lab) -> None:
    folder = own_lab.clone / "docs" / "odd"
    folder.mkdir()
    (folder / "seen.txt").touch()
    (folder / os.fsdecode(GARBAGE)).touch()
    restarted.page.goto(own_lab.url_of("docs/odd"))
    expect(restarted.page.locator(".jp-DirListing-itemText")).to_have_text(["seen.txt"])


def test_the_editor_numbers_its_lines(restarted: LabPage, own_lab: Lab) -> None:
    restarted.page.goto(own_lab.url_of("cpp_math/recipe/recipe.yaml"))
    expect(restarted.page.locator(".cm-lineNumbers")).to_contain_text("12")
