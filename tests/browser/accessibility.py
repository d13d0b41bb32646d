"""What axe finds in a page, without what is not ours to mend."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")

NOT_OURS = {
    "aria-input-field-name": (
        ".cm-content",
        "JupyterLab gives the editors of cells no name; CodeMirror makes them",
    ),
    "aria-required-children": (
        ".jp-WindowedPanel-viewport",
        "JupyterLab calls the list of cells a feed, and its cells are no articles",
    ),
    "scrollable-region-focusable": (
        ".cm-scroller",
        "the box around an editor scrolls with the cursor in it, which has the focus",
    ),
}
"""By axe's rule: the elements of JupyterLab's own that break it, and why they may here. They
are the whole list: the rest of a notebook's panel is ours, or as clean."""


RENDER_ALL = """() => {
  const style = document.createElement("style");
  style.textContent = ".jp-Cell { content-visibility: visible !important; }";
  document.head.append(style);
}"""
"""JupyterLab leaves cells out of sight undrawn, and axe judges no colours that are not drawn."""


def grave_findings(page: Page, within: str = "body") -> list[str]:
    """Return axe's serious and critical findings within a selector, one line each.

    :param within: a CSS selector. In JupyterLab the notebook's panel: menus, tabs and the file
        browser around it are not ours.
    """
    page.evaluate(RENDER_ALL)
    found = Axe().run(page, within, {"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['impact']}: {one['id']} at {node['target']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
        if not _is_known(page, one["id"], node["target"])
    ]


def _is_known(page: Page, rule: str, target: list[str]) -> bool:
    if rule not in NOT_OURS:
        return False
    selector = NOT_OURS[rule][0]
    return bool(page.locator(str(target[0])).first.evaluate("(one, s) => one.matches(s)", selector))
