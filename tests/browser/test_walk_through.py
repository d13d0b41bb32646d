"""Each lesson, worked through in JupyterLab from its cleared copy, with all exercises solved.

    make test-browser TEST_ARGS="--walk -k walk"

It takes a quarter of an hour, so `make test-browser` leaves it out.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from crosscraft.lessons import series
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import Exercise, HandsIn
from crosscraft.paths import ROOT
from tests.support.browser.lab_page import LabPage
from tests.support.browser.lab_server import Lab
from tests.support.commands import CROSSCRAFT

CHECK = re.compile(r"\blesson\.check\(\s*[\"']([\w-]+)[\"']")
DOTS = re.compile(r"^(\w+) = \.\.\.", re.M)
PATIENT = 300_000
"""Milliseconds for a cell that builds or checks."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", [one.name for one in series.lessons()])
def test_walk(name: str, open_notebook, own_lab: Lab, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--walk"):
        pytest.skip("it takes long: TEST_ARGS=--walk")
    stored = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    cells = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]
    with open_notebook(name, own_lab) as page:
        expect(page.code_cells()).to_have_count(len(cells))
        for i, cell in enumerate(cells):
            work(page, page.code_cells().nth(i), "".join(cell["source"]), own_lab)


def work(page: LabPage, cell: Locator, source: str, lab: Lab) -> None:
    """Do what a learner does with a cell, and check what comes of it."""
    checked = CHECK.search(source)
    if checked:
        exercise = judge.find(checked[1])
        solve(page, cell, source, exercise, lab)
    run(page, cell)
    said = "\n".join(page.outputs(cell).all_inner_texts())
    if checked:
        assert re.search(r"^Correct\.", said, re.M), f"{checked[1]}: {said}"
    errors = cell.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']")
    assert errors.count() == 0, said


def run(page: LabPage, cell: Locator) -> None:
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.forget_prompts()
    page.page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"^\[\d+\]:$"), timeout=PATIENT)


def solve(page: LabPage, cell: Locator, source: str, exercise: Exercise, lab: Lab) -> None:
    """Type an answer into the cell, or write the files as an editor does, and build them."""
    if exercise.hands_in is HandsIn.VALUE:
        page.write(cell, DOTS.sub(lambda match: f"{match[1]} = {exercise.solution}", source))
        return
    project = lab.clone / "workspace" / "project"
    if isinstance(exercise.solution, Mapping):
        folder = project / exercise.path
        for path, text in exercise.solution.items():
            write(folder / path, text)
        for platform in exercise.built_for:
            shell([str(CROSSCRAFT), "build", "-t", platform, "--output-dir", "output"], folder, lab)
    elif exercise.hands_in is HandsIn.FOLDER:
        base = project / exercise.path if exercise.trap else project
        shell(["bash", "-e", "-c", exercise.solution], base, lab)
    else:
        write(project / exercise.path, exercise.solution)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def shell(argv: list[str], folder: Path, lab: Lab) -> None:
    """Run a command as in a terminal of JupyterLab."""
    path = f"{CROSSCRAFT.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        argv,
        cwd=folder,
        env={**lab.environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
