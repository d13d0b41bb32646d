"""The site, served from a folder: every page, its search, its themes, from the keyboard as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser.accessibility import COLOURS, grave_findings
from tests.support.browser.keyboard import tab_to
from tests.support.browser.visit import visiting
from tools.site.make import SITE

PAGES = sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html"))
LESSONS = [name for name in PAGES if name.startswith(("notebooks/0", "notebooks/1"))]


@pytest.fixture(scope="module")
def reader(browser: Browser, site: str) -> Iterator[Page]:
    """A page that goes through the site; the visit sees that it asks no other host."""
    with visiting(browser, site) as visit:
        yield visit.page


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    with visiting(browser, site) as visit:
        yield visit.page


@pytest.mark.parametrize("name", PAGES)
def test_every_page_loads_and_is_legible(reader: Page, site: str, name: str) -> None:
    reader.emulate_media(color_scheme="light")
    answer = reader.goto(site + name)
    assert answer
    assert answer.ok
    expect(reader.locator("h1").first).to_be_visible()
    assert grave_findings(reader) == []
    reader.emulate_media(color_scheme="dark")
    assert grave_findings(reader, rules=COLOURS) == []


def test_the_search_finds_a_word(page: Page, site: str) -> None:
    box = page.get_by_role("textbox", name="Search").first
    box.fill("SOABI")
    box.press("Enter")
    found = page.locator("#search-results .search a")
    expect(found.first).to_be_visible()
    found.first.click()
    expect(page.locator("article")).to_contain_text("SOABI")


def test_the_theme_is_changed_and_kept(page: Page, site: str) -> None:
    body = page.locator("body")
    toggle = page.locator(".theme-toggle:visible").first
    ground = "one => getComputedStyle(one).backgroundColor"
    seen = set()
    for _ in range(3):  # furo has three states: the system's, light, dark
        seen.add((body.get_attribute("data-theme"), body.evaluate(ground)))
        toggle.click()
    assert {theme for theme, _ in seen} == {"auto", "light", "dark"}
    assert len({colour for _, colour in seen}) == 2
    while body.get_attribute("data-theme") != "dark":
        toggle.click()
    page.goto(site + LESSONS[0])
    expect(page.locator("body")).to_have_attribute("data-theme", "dark")


def test_one_lesson_leads_to_the_next_and_back(page: Page, site: str) -> None:
    page.goto(site + LESSONS[0])
    for name in LESSONS[1:]:
        page.locator("a.next-page").click()
        page.wait_for_url(site + name)
    for name in reversed(LESSONS[:-1]):
        page.locator("a.prev-page").click()
        page.wait_for_url(site + name)


def test_it_is_read_from_the_keyboard(page: Page, site: str) -> None:
    page.goto(site + LESSONS[1])
    page.keyboard.press("Tab")
    expect(page.locator("a.skip-to-content")).to_be_focused()
    page.keyboard.press("Enter")
    following = page.locator("a.next-page")
    following.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(site + LESSONS[2])
    tab_to(page, page.get_by_role("textbox", name="Search").first)
    page.keyboard.type("stub")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results .search a").first).to_be_visible()
