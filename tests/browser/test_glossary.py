"""A link to a term of the glossary lands on the term."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.support.browser.visit import visiting


def test_in_jupyterlab_a_link_lands_on_its_term(open_notebook) -> None:
    with open_notebook("02-build-package") as page:
        page.notebook.get_by_role("link", name="SOABI", exact=True).click()
        glossary = page.page.locator(".jp-MarkdownViewer")
        expect(glossary.locator("h2", has_text="SOABI")).to_be_in_viewport()
        extension = glossary.locator("h2", has_text="extension")
        expect(extension).not_to_be_in_viewport()
        soabi = glossary.locator("p", has_text="The middle part of an extension's file name")
        soabi.get_by_role("link", name="extension").click()
        expect(extension).to_be_in_viewport()


def test_on_the_site_a_link_lands_on_its_term(browser: Browser, site: str) -> None:
    with visiting(browser, f"{site}notebooks/02-build-package.html") as visit:
        visit.page.get_by_role("link", name="SOABI", exact=True).click()
        expect(visit.page.get_by_role("heading", name="SOABI")).to_be_in_viewport()
