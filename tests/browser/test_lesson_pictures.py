"""The pictures of the lessons have the colours of the theme, whatever those of the system are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser.visit import visiting


def colors(picture: Locator) -> bytes:
    """The pixels of a picture as a PNG."""
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 300
    return picture.screenshot(animations="disabled")


def seen(page: Page, picture: Locator) -> list[bytes]:
    """The pixels of a picture if the system is light, and if it is dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found.append(colors(picture))
    return found


def test_pictures_follow_the_theme_of_jupyterlab(open_notebook) -> None:
    with open_notebook("06-look-inside") as page:
        picture = page.notebook.locator(".jp-MarkdownOutput img[src*='conda-file']")
        light = seen(page.page, picture)
        page.choose_theme("JupyterLab Dark")
        dark = seen(page.page, picture)
        page.choose_theme("JupyterLab Light")
    assert light[0] == light[1] != dark[0]
    assert dark[0] == dark[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_follow_the_theme_of_the_site(browser: Browser, site: str, theme: str) -> None:
    with visiting(browser, site + "notebooks/06-look-inside.html") as visit:
        picture = visit.page.locator("article img[src*='conda-file']")
        system = seen(visit.page, picture)
        visit.page.locator("body").evaluate("(one, theme) => one.dataset.theme = theme", theme)
        chosen = seen(visit.page, picture)
    assert system[0] != system[1]
    assert set(chosen) == {system[theme == "dark"]}
