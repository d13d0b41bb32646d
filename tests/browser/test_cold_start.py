"""Notebook 00, opened by somebody who has just set up: nothing in the way, and all cells run."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from crosscraft.paths import ROOT
from tests.support.browser.lab_page import LabPage
from tests.support.browser.lab_server import Lab
from tools.notebooks import same, sanitizer

FIRST = "00-run-arm"


@pytest.fixture(scope="module")
def cold(open_notebook, own_lab: Lab) -> Iterator[LabPage]:
    with open_notebook(FIRST, own_lab) as page:
        yield page


def test_nothing_is_in_the_way(cold: LabPage) -> None:
    expect(cold.page.get_by_role("dialog")).to_have_count(0)
    expect(cold.page.locator(".Toastify__toast")).to_have_count(0)
    expect(cold.notebook.get_by_role("heading", name="00 · Run a program on Arm")).to_be_visible()


def test_all_cells_run_and_say_what_is_stored(cold: LabPage, own_lab: Lab) -> None:
    stored = json.loads((ROOT / "notebooks" / cold.file.name).read_text(encoding="utf-8"))["cells"]
    expected = [cell for cell in stored if cell["cell_type"] == "code"]
    cold.run_all(seconds=300)
    expect(
        cold.notebook.locator("[data-mime-type='application/vnd.jupyter.stderr']")
    ).to_have_count(0)
    expect(cold.outputs(cold.cell("crosscraft run")).first).to_contain_text("aarch64")
    saved = cold.save()
    assert [cell["execution_count"] for cell in saved] == [*range(1, len(expected) + 1)]
    for mine, theirs in zip(saved, expected, strict=True):
        assert same(theirs["outputs"], mine["outputs"], sanitizer()), mine["source"]
    assert (own_lab.clone / "workspace" / "project").is_dir()
