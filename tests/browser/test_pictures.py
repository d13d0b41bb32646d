"""The pictures of the README and of the teaching guide. They are taken as tests, and written
when `--screenshots FOLDER` is given: `make screenshots`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from keyboard import leave_editor
from lab_page import LabPage, control
from lab_server import Lab
from playwright.sync_api import Browser, Locator, expect
from visit import visiting

from crosscraft import exercises

LARGEST = 150_000
"""Bytes of a picture that is kept in the repository."""

SIZE = {"viewport": {"width": 1240, "height": 860}, "device_scale_factor": 2}

Take = Callable[[Locator, str], None]


@pytest.fixture
def take(request: pytest.FixtureRequest, tmp_path: Path) -> Take:
    """Take a picture of an element, and see that it is small enough to keep."""
    folder = Path(request.config.getoption("--screenshots") or tmp_path)

    def taking(what: Locator, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        what.screenshot(path=path, animations="disabled", caret="hide")
        assert 5_000 < path.stat().st_size < LARGEST

    return taking


def in_theme(page: LabPage, name: str) -> None:
    page.menu("Settings", "Theme", name)
    expect(page.page.locator("body")).to_have_attribute("data-jp-theme-name", name)


def test_picture_of_the_welcome_page(browser: Browser, lab: Lab, take: Take) -> None:
    with visiting(browser, lab.url + "&reset", **SIZE) as visit:
        expect(visit.page.get_by_role("heading", name="Welcome to Crosscraft")).to_be_visible()
        expect(visit.page.get_by_role("listitem", name="09-look-up-errors").first).to_be_visible()
        take(visit.page.locator("body"), "welcome-page")


def test_picture_of_the_explorers(open_notebook, lesson7: LabPage, take: Take) -> None:
    """The packages in the light theme, a binary in the dark one."""
    with open_notebook("07-look-inside", **SIZE) as page:
        page.run(page.cell("lesson.begin(7)"))
        explorer = page.run(page.cell("views.PackageExplorer")).first
        control(explorer, "Package").select_option("cpp_math-0.1.0-he8cfe8b_0.conda")
        control(explorer, "Contents").locator("option", has_text="Verdicts").first.click()
        expect(explorer).to_contain_text("AArch64")
        leave_editor(page.page)
        take(explorer, "package-explorer")

        in_theme(page, "JupyterLab Dark")
        explorer = page.run(page.cell("views.ElfExplorer")).first
        explorer.get_by_role("button", name="Instructions", exact=True).click()
        expect(explorer).to_contain_text("push rax")
        leave_editor(page.page)
        take(explorer, "elf-explorer-dark")


def test_picture_of_an_exercise(open_notebook, take: Take) -> None:
    name = "missing-function"
    with open_notebook("01-write-extension", **SIZE) as page:
        page.run(page.cell("lesson.begin(1)"))
        cell = page.cell(f'lesson.check("{name}"')
        answer = exercises.find(name).solution
        page.write(cell, f'answer = {answer}\nlesson.check("{name}", answer)')
        expect(page.run(cell).first).to_contain_text("Correct.")
        leave_editor(page.page)
        take(cell, "exercise-passed")


def test_picture_of_the_site(browser: Browser, site: str, take: Take) -> None:
    with visiting(browser, site + "notebooks/06-cross-compile.html", **SIZE) as visit:
        expect(visit.page.locator("h1").first).to_be_visible()
        take(visit.page.locator("body"), "site")
