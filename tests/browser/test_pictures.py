"""The pictures of the README and of the teaching guide. They are taken as tests, and written
when `--screenshots FOLDER` is given: `make screenshots`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from crosscraft.lessons.exercises import judge
from tests.support.browser.keyboard import leave_editor
from tests.support.browser.lab_page import LabPage, control
from tests.support.browser.lab_server import Lab
from tests.support.browser.visit import visiting

LARGEST = 150_000
"""Bytes of a picture that is kept in the repository."""

TOP = {"x": 0, "y": 0, "width": 1240, "height": 340}
"""The part of a page that is kept of it."""

Take = Callable[..., None]


@pytest.fixture
def take(request: pytest.FixtureRequest, tmp_path: Path) -> Take:
    """Take a picture of an element, and see that it is small enough to keep."""
    folder = Path(request.config.getoption("--screenshots") or tmp_path)

    def taking(what: Locator | Page, name: str, **more: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        what.screenshot(path=path, animations="disabled", caret="hide", **more)
        assert 5_000 < path.stat().st_size < LARGEST

    return taking


def test_picture_of_the_welcome_page(browser: Browser, lab: Lab, take: Take) -> None:
    with visiting(browser, lab.url + "&reset") as visit:
        expect(visit.page.get_by_role("heading", name="Welcome to Crosscraft")).to_be_visible()
        expect(visit.page.get_by_text("10-speed-builds.ipynb")).to_be_visible()
        take(visit.page, "welcome-page", clip=TOP)


def test_picture_of_the_packages(lesson6: LabPage, take: Take) -> None:
    explorer = lesson6.run(lesson6.cell("views.PackageExplorer")).first
    control(explorer, "Package").select_option("cpp_math-0.1.0-hf1ab7cd_0.conda")
    control(explorer, "Contents").locator("option", has_text="Verdicts").first.click()
    expect(explorer).to_contain_text("is for linux-aarch64")
    take(explorer, "package-explorer")


def test_picture_of_a_binary_in_the_dark_theme(lesson6: LabPage, take: Take) -> None:
    lesson6.choose_theme("JupyterLab Dark")
    explorer = lesson6.run(lesson6.cell("views.ElfExplorer")).first
    explorer.get_by_role("button", name="Instructions", exact=True).click()
    expect(explorer).to_contain_text("add w0, w0, w1")
    take(explorer, "elf-explorer-dark")
    lesson6.choose_theme("JupyterLab Light")


def test_picture_of_an_exercise(open_notebook, take: Take) -> None:
    name = "predict-stub"
    with open_notebook("01-write-extension") as page:
        page.run(page.cell("lesson.begin(1)"))
        cell = page.cell(f'lesson.check("{name}"')
        answer = judge.find(name).solution
        page.write(cell, f'answer = {answer}\nlesson.check("{name}", answer)')
        expect(page.run(cell).first).to_contain_text("Correct.")
        leave_editor(page.page)
        take(cell, "exercise-passed")


def test_picture_of_the_site(browser: Browser, site: str, take: Take) -> None:
    with visiting(browser, site + "notebooks/05-cross-compile.html") as visit:
        expect(visit.page.locator("h1").first).to_be_visible()
        take(visit.page, "site", clip=TOP)
