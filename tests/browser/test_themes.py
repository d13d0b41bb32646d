"""Notebooks in JupyterLab's light and dark theme: legible, by axe, in every explorer's views."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.browser.accessibility import NOT_OURS, grave_findings
from tests.support.browser.lab_page import LabPage

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

EXPLORERS = ("views.PackageExplorer", "views.ElfExplorer")

VIEWS = ("Facts", "Sections", "Header", "Symbols", "Instructions")


@pytest.fixture(params=THEMES)
def themed(request, lesson6: LabPage) -> Iterator[LabPage]:
    """Notebook 06 in a theme that was chosen from the menu."""
    lesson6.choose_theme(THEMES[request.param])
    yield lesson6
    lesson6.choose_theme(THEMES["light"])


def test_a_whole_notebook_is_legible(themed: LabPage) -> None:
    """Prose, code, stored outputs with static forms, and two live explorers."""
    for explorer in EXPLORERS:
        themed.run(themed.cell(explorer))
    assert grave_findings(themed.page, ".jp-Notebook") == []


def test_each_view_of_a_binary_is_legible(themed: LabPage) -> None:
    explorer = themed.run(themed.cell("views.ElfExplorer")).first
    for view in VIEWS:
        explorer.get_by_role("button", name=view, exact=True).click()
        expect(explorer.get_by_role("button", name=view, exact=True)).to_have_class(
            "widget-toggle-button jupyter-button mod-active"
        )
        expect(explorer).not_to_contain_text("Still reading")
        assert grave_findings(themed.page, ".jp-OutputArea-output:has(.jupyter-widgets)") == []


def test_the_checks_can_fail(themed: LabPage) -> None:
    """A picture without a text, and letters that one cannot see, are found."""
    themed.page.locator(".jp-MarkdownOutput").first.evaluate(
        "one => { one.insertAdjacentHTML('beforeend', '<img id=mute src=\"data:,\">"
        '<p id=pale style="color:#777;background:#888">pale</p>\'); }'
    )
    found = " ".join(grave_findings(themed.page, ".jp-Notebook"))
    themed.page.locator("#mute, #pale").evaluate_all("all => all.forEach(one => one.remove())")
    assert "image-alt" in found
    assert "color-contrast" in found


def test_what_is_excused_is_still_needed(lesson6: LabPage) -> None:
    for selector, _ in NOT_OURS.values():
        expect(lesson6.notebook.locator(selector).first).to_be_attached()
