"""Where a learner arrives: the welcome page, the card in the launcher, the bar of long work."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from accessibility import grave_findings
from lab_page import LabPage
from lab_server import Lab
from playwright.sync_api import Browser, Page, expect
from visit import visiting

from crosscraft.paths import ROOT

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
    arrived.get_by_role("link", name="00 Check the machine").click()
    heading(arrived, "00 · Check the machine")


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


def test_a_bar_shows_how_far_a_build_is_and_goes_away(open_notebook, lesson7: LabPage) -> None:
    """Built again, for this machine alone: the packages are there."""
    with open_notebook("05-build-natively") as page:
        page.run(page.cell("lesson.begin(5)"))
        cell = page.cell("crosscraft build")
        cell.locator(".cm-content").click()
        page.forget_prompts()
        page.page.keyboard.press("Control+Enter")
        expect(cell.get_by_role("progressbar").first).to_be_visible()
        page.wait_until_ran(cell)
        expect(cell.get_by_role("progressbar")).to_have_count(0)
        expect(page.outputs(cell).first).to_contain_text("cpp_math")
