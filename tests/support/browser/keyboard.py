"""The keyboard alone: where the focus is, whether one sees it, and how one gets on."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

FURTHEST = 60
"""Presses of Tab after which somebody would have given up."""

LOOK = """one => {
  const style = getComputedStyle(one);
  const drawn = style.outlineStyle !== "none" ? [style.outlineColor, style.outlineWidth] : [];
  return [...drawn, style.borderColor, style.boxShadow, style.backgroundColor].join(" ");
}"""
"""What of an element's look tells that it has the focus."""


def leave_editor(page: Page) -> None:
    """Go from a cell's editor to the cell, as Jupyter's users do; Tab goes on from there."""
    page.keyboard.press("Escape")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, and see that it shows."""
    without = target.evaluate(LOOK)
    for _ in range(FURTHEST):
        if has_focus(target):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    assert target.evaluate("one => one.matches(':focus-visible')")
    assert target.evaluate(LOOK) != without, "one cannot see that it has the focus"


def press(page: Page, target: Locator, *keys: str) -> None:
    """Press keys on what has the focus, which must keep it."""
    expect(target).to_be_focused()
    for key in keys:
        page.keyboard.press(key)
    expect(target).to_be_focused()


def pick(page: Page, dropdown: Locator, label: str) -> None:
    """Choose from a drop-down list that has the focus: open it, go down or up, take it."""
    labels = dropdown.evaluate("one => [...one.options].map(option => option.value)")
    steps = labels.index(label) - dropdown.evaluate("one => one.selectedIndex")
    press(page, dropdown, "Space", *[["ArrowUp", "ArrowDown"][steps > 0]] * abs(steps), "Enter")
    expect(dropdown).to_have_value(label)


def has_focus(target: Locator) -> bool:
    return bool(target.evaluate("one => one === document.activeElement"))
