"""Where a learner arrives: the welcome page, the card in the launcher, how far long work is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from crosscraft.paths import ROOT
from tests.support.browser.accessibility import grave_findings
from tests.support.browser.lab_server import Lab
from tests.support.browser.visit import visiting

LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def arrived(browser: Browser, lab: Lab) -> Iterator[Page]:
    """The page at the URL that the server said."""
    with visiting(browser, lab.url + "&reset") as visit:
        yield visit.page


def heading(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_it_opens_on_the_welcome_page_with_the_series_in_order(arrived: Page) -> None:
    heading(arrived, "Welcome to Crosscraft")
    links = arrived.locator(".jp-MarkdownViewer table a")
    expect(links).to_have_text([re.compile(f"^{name[:2]} ") for name in LESSONS])
    assert grave_findings(arrived, ".jp-MarkdownViewer") == []


def test_a_link_opens_its_lesson_with_the_mouse(arrived: Page) -> None:
    arrived.get_by_role("link", name="00 Run a program on Arm").click()
    heading(arrived, "00 · Run a program on Arm")


def test_a_link_opens_its_lesson_with_the_keyboard(arrived: Page) -> None:
    link = arrived.get_by_role("link", name="01 Write the extension")
    link.focus()
    arrived.keyboard.press("Enter")
    heading(arrived, "01 · Write the extension")


def test_the_card_leads_back_to_it(arrived: Page) -> None:
    heading(arrived, "Welcome to Crosscraft")
    arrived.get_by_role("menuitem", name="File", exact=True).click()
    arrived.get_by_role("menuitem", name=re.compile("^New Launcher")).click()
    arrived.locator(".jp-LauncherCard", has_text="Crosscraft").click()
    heading(arrived, "Welcome to Crosscraft")


BUILD = """%%bash
rm -rf slow && mkdir slow && cp -r CMakeLists.txt LICENSE recipe src slow
for file in slow/src/*.cpp; do echo "int change_$RANDOM$RANDOM;" >> $file; done
crosscraft build --project slow --output-dir slow/output
"""
HOW_FAR = re.compile(r"\b\d+ of \d+\b")


def test_a_build_says_how_far_it_is_and_leaves_none_of_it(open_notebook) -> None:
    with open_notebook("05-cross-compile") as page:
        page.run(page.cell("lesson.begin(5)"))
        cell = page.cell("crosscraft build")
        page.write(cell, BUILD)
        page.forget_prompts()
        page.page.keyboard.press("Control+Enter")
        output = page.outputs(cell)
        expect(output.first).to_have_text(HOW_FAR)
        page.wait_until_ran(cell)
        expect(output).to_have_count(1)
        expect(output).to_contain_text("cpp_math-stubs-0.1.")  # other tests edit the rest
        expect(output).not_to_have_text(HOW_FAR)
        (saved,) = [one for one in page.save() if "--project slow" in "".join(one["source"])]
        text = "".join(saved["outputs"][0]["text"])
        assert not re.search(r"\d of \d|[\r\b]| $", text, re.MULTILINE), text
