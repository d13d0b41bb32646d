"""A notebook in JupyterLab, as a person sees and uses it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.browser.lab_server import Lab
from tests.support.browser.visit import PATIENCE

DONE = re.compile(r"^\[\d+\]:$")
"""The prompt of a cell that has run."""
_DROPPED = "[ ]:"
"""The prompt of a cell whose run JupyterLab gave up, because its kernel had only just begun."""
_ENDED = re.compile(r"^\[(\d+| )\]:$")

expect.set_options(timeout=PATIENCE)


class LabPage:
    """One notebook that is open."""

    def __init__(self, page: Page, lab: Lab, path: str) -> None:
        """:param path: the notebook's, in the clone."""
        self.page, self.path = page, path
        self.file = lab.clone / path
        self.notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Wait until a kernel is there and does nothing."""
        indicator = self.notebook.locator(".jp-Notebook-ExecutionIndicator")
        expect(indicator).to_have_attribute("data-status", "idle")

    def menu(self, name: str, *items: str) -> None:
        """Choose from the menu bar, with the mouse."""
        self.page.get_by_role("menuitem", name=name, exact=True).first.click()
        for item in items:
            # Not by role: a line that opens a further menu, or has a mark, has another.
            label = self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True)
            self.page.locator(".lm-Menu-item").filter(has=label).click()

    def choose_theme(self, name: str) -> None:
        """Choose a theme from the menu, and wait until the page has it."""
        self.menu("Settings", "Theme", name)
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-name", name)

    def code_cells(self) -> Locator:
        return self.notebook.locator(".jp-CodeCell")

    def cell(self, source: str) -> Locator:
        """The code cell with `source` in it."""
        editor = self.page.locator(".cm-content", has_text=source)
        found = self.code_cells().filter(has=editor).first
        # By its place: what is in it may be edited.
        place = found.get_attribute("data-windowed-list-index")
        return self.notebook.locator(f".jp-CodeCell[data-windowed-list-index='{place}']")

    def forget_prompts(self) -> None:
        """Make all prompts blank, so that one with a number has run since."""
        prompts = self.notebook.locator(".jp-InputPrompt")
        prompts.evaluate_all("all => all.forEach(one => { one.textContent = ''; })")

    def run_all(self, seconds: float | None = None) -> None:
        """Run all cells from the menu, and wait until each has run.

        :param seconds: the longest time, for a notebook whose first build compiles everything.
        """
        self.forget_prompts()
        self.menu("Run", "Run All Cells")
        # From the file: JupyterLab draws the last cells of a notebook later than the first ones.
        every = json.loads(self.file.read_text(encoding="utf-8"))["cells"]
        done = [DONE for cell in every if cell["cell_type"] == "code"]
        prompts = self.code_cells().locator(".jp-InputPrompt")
        milliseconds = None if seconds is None else seconds * 1000
        expect(prompts).to_have_text(done, timeout=milliseconds)

    def run(self, cell: Locator) -> Locator:
        """Click into a cell, run it from the keyboard, and return its outputs."""
        cell.locator(".cm-content").click()
        self.forget_prompts()
        self.page.keyboard.press("Control+Enter")
        prompt = cell.locator(".jp-InputPrompt")
        expect(prompt).to_have_text(_ENDED, timeout=5 * PATIENCE)
        if prompt.text_content() == _DROPPED:  # a person presses again
            self.page.keyboard.press("Control+Enter")
        self.wait_until_ran(cell)
        return self.outputs(cell)

    def wait_until_ran(self, cell: Locator) -> None:
        """Wait until a cell has run, even one that builds packages first."""
        expect(cell.locator(".jp-InputPrompt")).to_have_text(DONE, timeout=5 * PATIENCE)

    def write(self, cell: Locator, source: str) -> None:
        """Type `source` in place of what the cell has."""
        editor = cell.locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+A")
        # As one piece: an editor that closes brackets by itself would close ours twice.
        self.page.keyboard.insert_text(source)

    def outputs(self, cell: Locator) -> Locator:
        return cell.locator(".jp-OutputArea-output")

    def restart(self) -> None:
        """Restart the kernel from the menu, and wait until the new one does nothing."""
        self.menu("Kernel", "Restart Kernel…")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)
        self.wait_until_idle()

    def save(self) -> Sequence[dict[str, Any]]:
        """Save the notebook with the keyboard, and return the code cells of its file."""
        self.page.keyboard.press("Control+S")
        expect(self.page.locator("#jp-main-dock-panel .jp-mod-current.jp-mod-dirty")).to_have_count(
            0
        )
        cells = json.loads(self.file.read_text(encoding="utf-8"))["cells"]
        return [cell for cell in cells if cell["cell_type"] == "code"]


def control(widget: Locator, label: str) -> Locator:
    """The control of a widget that has just this label."""
    return widget.get_by_label(label, exact=True)
