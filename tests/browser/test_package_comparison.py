"""The package comparison of notebook 06, with the mouse and with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from crosscraft.inspection.comparison import Difference, compare
from tests.support.browser.keyboard import leave_editor, pick, press, tab_to
from tests.support.browser.lab_page import LabPage, control

NATIVE, CROSS = "cpp_math-0.1.0-hdab6535_0.conda", "cpp_math-0.1.0-hf1ab7cd_0.conda"


@pytest.fixture
def comparison(lesson6: LabPage) -> Iterator[Locator]:
    """The widget, fresh."""
    cell = lesson6.cell("views.PackageComparison")
    # The cell's own packages are named after long ones above it; in the folder are the same.
    lesson6.write(cell, 'views.PackageComparison("output")')
    yield lesson6.run(cell).first


@pytest.fixture
def pair(packages: Path) -> tuple[Path, Path]:
    return packages / "linux-64" / NATIVE, packages / "linux-aarch64" / CROSS


def expect_differences(comparison: Locator, found: tuple[Difference, ...]) -> None:
    """The table has these rows, and no others."""
    answer = comparison.get_by_role("region", name="What differs between the two packages")
    expect(answer.get_by_role("rowheader")).to_have_text([one.what for one in found])
    cells = [cell for one in found for cell in (one.left, one.right, one.why)]
    expect(answer.get_by_role("cell")).to_have_text(cells)


def test_with_the_mouse(comparison: Locator, pair: tuple[Path, Path]) -> None:
    expect_differences(comparison, compare(*pair))
    comparison.get_by_role("button", name="Swap left and right").click()
    expect_differences(comparison, compare(*reversed(pair)))
    control(comparison, "Left").select_option(NATIVE)
    expect_differences(comparison, ())


def test_with_the_keyboard(lesson6: LabPage, comparison: Locator, pair: tuple[Path, Path]) -> None:
    page = lesson6.page
    leave_editor(page)
    right = control(comparison, "Right")
    tab_to(page, right)
    pick(page, right, NATIVE)
    expect_differences(comparison, ())
    pick(page, right, CROSS)
    expect_differences(comparison, compare(*pair))
    swap = comparison.get_by_role("button", name="Swap left and right")
    tab_to(page, swap)
    press(page, swap, "Space")
    expect_differences(comparison, compare(*reversed(pair)))
    press(page, swap, "Enter")
    expect_differences(comparison, compare(*pair))
