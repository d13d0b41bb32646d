"""The recipe explorer of notebook 02, with the mouse and with the keyboard alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from crosscraft.building.recipe import render
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup, native
from tests.support.browser.keyboard import leave_editor, pick, press, tab_to
from tests.support.browser.lab_page import LabPage, control
from tests.support.browser.lab_server import Lab

KEY = ROOT / "cpp_math" / "recipe" / "recipe.yaml"
CROSS = "linux-aarch64"


@pytest.fixture(scope="module")
def lesson2(open_notebook, lab: Lab) -> Iterator[LabPage]:
    """Notebook 02, begun."""
    with open_notebook("02-build-package") as page:
        page.run(page.cell("lesson.begin(2)"))
        yield page


@pytest.fixture
def recipe(lab: Lab) -> Path:
    """The learner's, which is what they would have written by then."""
    path = lab.clone / "workspace" / "project" / "recipe" / "recipe.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    for name in (KEY.name, "variants.yaml"):
        shutil.copy(KEY.with_name(name), path.parent)
    return path


@pytest.fixture
def explorer(lesson2: LabPage, recipe: Path) -> Iterator[Locator]:
    """The widget, fresh."""
    yield lesson2.run(lesson2.cell("views.RecipeExplorer")).first


def expect_rendered(explorer: Locator, recipe: Path, target: str) -> None:
    """The answer is what the library says the recipe would build for `target`."""
    answer = explorer.get_by_role("region", name="What the recipe would build")
    rendered = render(recipe, native(), lookup(target))
    names = [f"Output {one.name}, for {target}" for one in rendered.outputs]
    expect(answer.locator("caption", has_text="Output")).to_have_text(names)
    for one in rendered.outputs:
        expect(answer).to_contain_text(one.build)
    for name in rendered.skipped:
        expect(answer).to_contain_text(name)


def test_another_platform_with_the_mouse(explorer: Locator, recipe: Path) -> None:
    expect_rendered(explorer, recipe, native().subdir)
    control(explorer, "Platform").select_option(CROSS)
    expect_rendered(explorer, recipe, CROSS)


def test_an_edit_is_seen_at_once_and_saved_when_asked(explorer: Locator, recipe: Path) -> None:
    before = recipe.read_text(encoding="utf-8")
    control(explorer, "Recipe").fill(before.replace("0.1.0", "7.8.9"))
    expect(explorer).to_contain_text("cpp_math-7.8.9-")
    expect(explorer).to_contain_text("Not saved. The file is unchanged.")
    assert recipe.read_text(encoding="utf-8") == before
    explorer.get_by_role("button", name="Save").click()
    expect(explorer).to_contain_text("Saved.")
    assert recipe.read_text(encoding="utf-8") == before.replace("0.1.0", "7.8.9")
    recipe.write_text(before, encoding="utf-8")
    explorer.get_by_role("button", name="Read again").click()
    expect(control(explorer, "Recipe")).to_have_value(before)


def test_a_mistake_is_told_in_place(explorer: Locator, recipe: Path) -> None:
    before = recipe.read_text(encoding="utf-8")
    control(explorer, "Recipe").fill(before.replace("  version:", "\tversion:", 1))
    expect(explorer.get_by_role("alert")).to_contain_text("Error:")
    expect(explorer).to_contain_text("Around line 2")
    expect(explorer.locator("pre strong")).to_have_text(re.compile(r"^▶\s+2\s+version: 0\.1\.0$"))
    expect(explorer).to_contain_text("would have built before that edit:")


def test_the_editor_numbers_its_lines(explorer: Locator) -> None:
    numbers = "one => getComputedStyle(one).backgroundImage"
    assert "svg" in control(explorer, "Recipe").evaluate(numbers)


def test_with_the_keyboard(lesson2: LabPage, explorer: Locator, recipe: Path) -> None:
    page = lesson2.page
    before = recipe.read_text(encoding="utf-8")
    leave_editor(page)
    platform = control(explorer, "Platform")
    tab_to(page, platform)
    pick(page, platform, CROSS)
    expect_rendered(explorer, recipe, CROSS)
    text = control(explorer, "Recipe")
    tab_to(page, text)
    press(page, text, "Control+Home", "ArrowDown", "End", *": x")
    expect(text).to_have_value(before.replace("0.1.0", "0.1.0: x", 1))
    expect(explorer.get_by_role("alert")).to_be_visible()
    press(page, text, *["Backspace"] * 4, "9")
    expect(explorer).to_contain_text("cpp_math-0.1.9-")
    save = explorer.get_by_role("button", name="Save")
    tab_to(page, save)
    press(page, save, "Space")
    expect(explorer).to_contain_text("Saved.")
    assert recipe.read_text(encoding="utf-8") == before.replace("0.1.0", "0.1.9", 1)
