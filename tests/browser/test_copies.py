"""The learner's copies: the welcome page leads to them, and a newer lesson comes beside them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crosscraft.system.workspace import SERVED
from tests.support.browser.lab_page import LabPage
from tests.support.browser.lab_server import Lab, serving
from tests.support.browser.visit import visiting

NAME = "00-run-arm"


@pytest.fixture(scope="module")
def arrived(browser: Browser, own_lab: Lab) -> Iterator[Page]:
    """The page at the URL that the server printed."""
    with visiting(browser, own_lab.url + "&reset") as visit:
        yield visit.page


@pytest.fixture(scope="module")
def lesson0(arrived: Page, own_lab: Lab) -> LabPage:
    """The copy of lesson 00, opened by its link on the copy of the welcome page."""
    assert "/workspace/lessons/welcome.md" in arrived.url
    arrived.get_by_role("link", name="00 Run a program on Arm").click()
    expect(arrived.get_by_role("heading", name="00 · Run a program on Arm")).to_be_visible()
    return LabPage(arrived, own_lab, f"workspace/lessons/{NAME}.ipynb")


def listed(page: Page, *names: str) -> None:
    """Expect files or folders in the file browser."""
    for name in names:
        item = page.locator(".jp-DirListing-itemText").get_by_text(name, exact=True)
        expect(item).to_be_visible()


def test_the_file_browser_opens_with_the_lessons(lesson0: LabPage) -> None:
    listed(lesson0.page, f"{NAME}.ipynb", "welcome.md")


def test_the_copy_has_no_output_to_peek_at(lesson0: LabPage) -> None:
    expect(lesson0.cell("crosscraft run")).to_be_visible()
    expect(lesson0.outputs(lesson0.notebook)).to_have_count(0)


def test_the_picture_is_there(lesson0: LabPage) -> None:
    picture_loads(lesson0)


def picture_loads(lesson: LabPage) -> None:
    picture = lesson.notebook.get_by_role("img", name=re.compile("^On this machine, the compiler"))
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0


def test_the_folder_that_a_lesson_names_is_where_it_says(
    browser: Browser, lesson0: LabPage, own_lab: Lab
) -> None:
    output = lesson0.run(lesson0.cell("lesson.begin(0)")).first
    expect(output).to_have_text("Lesson 0 begins in the folder workspace/project.")
    (saved, *_) = lesson0.save()
    assert "workspace/project" in json.dumps(saved["outputs"])
    with visiting(browser, own_lab.url_of("workspace")) as visit:
        listed(visit.page, "project", "lessons")
    with visiting(browser, own_lab.url_of("docs")) as visit:
        listed(visit.page, "glossary.md")
        visit.page.locator(".jp-BreadCrumbs-home").click()
        listed(visit.page, "cpp_math", "workspace")
        expect(visit.page.locator(".jp-DirListing-itemText", has_text="notebooks")).to_have_count(0)


def test_a_link_to_the_glossary_opens_it(lesson0: LabPage) -> None:
    lesson0.notebook.get_by_role("link", name="emulator").click()
    expect(lesson0.page.get_by_role("heading", name="Glossary").first).to_be_visible()


def test_a_newer_lesson_comes_beside_the_learners(
    browser: Browser, lesson0: LabPage, own_lab: Lab
) -> None:
    """The cell that ran above has changed the learner's copy."""
    committed = own_lab.clone / "notebooks" / f"{NAME}.ipynb"
    notebook = json.loads(committed.read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"].append("\n\n- A new key point.")
    committed.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    mine = lesson0.file.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "crosscraft.jupyter.copies"],
        cwd=own_lab.clone, env=own_lab.environment | {SERVED: str(own_lab.clone)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"workspace/lessons/{NAME}-new.ipynb" in done.stdout
    assert lesson0.file.read_bytes() == mine
    with visiting(browser, own_lab.url_of(f"workspace/lessons/{NAME}-new.ipynb")) as visit:
        page = LabPage(visit.page, own_lab, f"workspace/lessons/{NAME}-new.ipynb")
        expect(page.notebook).to_contain_text("This is a newer version of the lesson.")
        expect(page.notebook).to_contain_text("Changed: What comes next?")
        listed(visit.page, f"{NAME}.ipynb", f"{NAME}-new.ipynb")
        page.notebook.get_by_role("link", name=f"{NAME}.ipynb").click()
        expect(visit.page.locator(".lm-TabBar-tab", has_text=f"{NAME}.ipynb")).to_be_visible()


def test_a_workspace_outside_of_the_clone_works_too(
    browser: Browser, tmp_path: Path, cache: Path
) -> None:
    """Its folder is served alone, with a link to the pages."""
    own = tmp_path / "my work"
    with serving(tmp_path / "lab", cache, CROSSCRAFT_WORKSPACE=str(own)) as lab:
        with visiting(browser, lab.url + "&reset") as visit:
            listed(visit.page, "welcome.md", f"{NAME}.ipynb")
            visit.page.get_by_role("link", name="The glossary").click()
            expect(visit.page.get_by_role("heading", name="Glossary").first).to_be_visible()
            visit.page.get_by_role("menuitem", name="File", exact=True).click()
            visit.page.get_by_role("menuitem", name=re.compile("^New Launcher")).click()
            visit.page.locator(".jp-LauncherCard", has_text="Crosscraft").click()
            visit.page.get_by_role("link", name="00 Run a program on Arm").click()
            page = LabPage(visit.page, lab, f"lessons/{NAME}.ipynb")
            picture_loads(page)
            output = page.run(page.cell("lesson.begin(0)")).first
            expect(output).to_have_text("Lesson 0 begins in the folder project.")
        assert (own / "project").is_dir()
