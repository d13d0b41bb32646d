"""What axe finds in a page, without the faults of JupyterLab itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")

NOT_OURS = {
    "color-contrast": (
        ".jp-InputPrompt, .jp-OutputPrompt, .cm-line span, .jp-RenderedMarkdown pre span",
        "JupyterLab's light theme draws the numbers of cells, and numbers in code, in pale colours",
    ),
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


TALL = """() => {
  const lab = document.querySelector(".jp-LabShell");
  if (lab) document.body.style.height = "100vh";
  return document.querySelector(".jp-WindowedPanel-outer")?.scrollHeight ?? 0;
}"""
"""axe judges the colour of nothing that it takes for unseen. JupyterLab's body has no height and
hides what goes beyond it, and what is out of sight is not drawn. Returns the notebook's height."""

AT_TOP = """height => {
  const all = document.querySelector(".jp-WindowedPanel-outer");
  if (all) all.scrollTop = 0;
  return !all || (all.clientHeight >= height && all.scrollTop === 0);
}"""
"""Whether a notebook is in sight from its first line to its last."""


COLOURS = ("color-contrast", "link-in-text-block")
"""axe's rules about colours, the only ones that another theme may break."""


def grave_findings(page: Page, within: str = "body", rules: Sequence[str] = ()) -> list[str]:
    """Return axe's serious and critical findings within a selector, one line each.

    :param within: a CSS selector. In JupyterLab the notebook's panel: menus, tabs and the file
        browser around it are not ours.
    :param rules: axe's names of the rules, by default all.
    """
    with _all_in_sight(page):
        answer = Axe().run(page, within, {"runOnly": list(rules)} if rules else {}).response
    broken = [one["id"] for one in answer["incomplete"] if "error" in one]
    assert not broken, f"axe could not judge {broken}"
    return [
        f"{one['impact']}: {one['id']} at {node['target']}: {node['html'][:200]}"
        for one in answer["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
        if not _is_known(page, one["id"], node["target"])
    ]


@contextmanager
def _all_in_sight(page: Page) -> Iterator[None]:
    """Make the window as tall as the notebook in it."""
    size = page.viewport_size
    assert size
    height = page.evaluate(TALL)
    around = 200  # menus above, the status bar below
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height + around)})
    page.wait_for_function(AT_TOP, arg=height)
    yield
    page.set_viewport_size(size)


def _is_known(page: Page, rule: str, target: list[str]) -> bool:
    if rule not in NOT_OURS:
        return False
    selector = NOT_OURS[rule][0]
    return bool(page.locator(str(target[0])).first.evaluate("(one, s) => one.matches(s)", selector))
