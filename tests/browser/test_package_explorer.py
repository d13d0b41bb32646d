"""The package explorer of notebook 06, with the mouse and with the keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from crosscraft.inspection import conda_file
from tests.support.browser.keyboard import leave_editor, pick, press, tab_to
from tests.support.browser.lab_page import LabPage, control

CROSS = "cpp_math-0.1.0-hf1ab7cd_0.conda"


@pytest.fixture
def explorer(lesson6: LabPage) -> Iterator[Locator]:
    """The widget, fresh."""
    yield lesson6.run(lesson6.cell("views.PackageExplorer")).first


@pytest.fixture
def facts(packages: Path) -> conda_file.CondaFile:
    """What the package for the other processor is, by the library."""
    return conda_file.read(packages / "linux-aarch64" / CROSS)


def answer(explorer: Locator) -> Locator:
    return explorer.get_by_role("region", name="The chosen entry")


def row(explorer: Locator, name: str) -> Locator:
    """A row of a table in the answer, by what is in its first column."""
    head = explorer.page.get_by_role("rowheader", name=name, exact=True)
    return answer(explorer).get_by_role("row").filter(has=head).first


def line(explorer: Locator, text: str) -> Locator:
    """A line of the list of contents."""
    return control(explorer, "Contents").locator("option", has_text=text).first


def expect_facts(explorer: Locator, facts: conda_file.CondaFile) -> None:
    expect(row(explorer, "platform (subdir)")).to_contain_text(facts.subdir)
    expect(row(explorer, "version")).to_contain_text(facts.version)
    needs = answer(explorer).get_by_role("table", name="What it needs").get_by_role("cell")
    expect(needs).to_have_text(sorted(facts.depends))


def test_with_the_mouse(explorer: Locator, facts: conda_file.CondaFile) -> None:
    control(explorer, "Package").select_option(CROSS)
    expect_facts(explorer, facts)
    line(explorer, "Verdicts").click()
    expect(answer(explorer)).to_contain_text(f"is for {facts.subdir}")
    line(explorer, "index.json").click()
    expect(answer(explorer)).to_contain_text(f'"build": "{facts.build}"')
    line(explorer, ".so").click()
    expect(row(explorer, "machine")).to_contain_text("AArch64 (EM_AARCH64)")


def test_a_folder_is_closed_and_opened_with_the_mouse(explorer: Locator) -> None:
    lines = control(explorer, "Contents").locator("option")
    all_of_them = lines.count()
    line(explorer, "info/").click()
    explorer.get_by_role("button", name="Close folder").click()
    expect(line(explorer, "index.json")).to_have_count(0)
    explorer.get_by_role("button", name="Open folder").click()
    expect(lines).to_have_count(all_of_them)


def test_the_filter_follows_what_is_typed(explorer: Locator, facts: conda_file.CondaFile) -> None:
    control(explorer, "Package").select_option(CROSS)
    control(explorer, "Filter").press_sequentially("lib/")
    paths = [path for path in facts.files if "lib/" in path]
    expect(control(explorer, "Contents").locator("option")).to_have_text(paths)
    expect(row(explorer, "machine")).to_contain_text("AArch64")
    control(explorer, "Filter").fill("no such file")
    expect(answer(explorer)).to_contain_text("No file has 'no such file' in its path.")


def test_with_the_keyboard(
    lesson6: LabPage, explorer: Locator, facts: conda_file.CondaFile
) -> None:
    page = lesson6.page
    leave_editor(page)
    package = control(explorer, "Package")
    tab_to(page, package)
    pick(page, package, CROSS)
    expect_facts(explorer, facts)
    contents = control(explorer, "Contents")
    tab_to(page, contents)
    press(page, contents, "ArrowDown")
    expect(answer(explorer)).to_contain_text("Is each binary for the platform that is claimed?")
    press(page, contents, "ArrowDown")
    toggle = explorer.get_by_role("button", name="Close folder")
    tab_to(page, toggle)
    press(page, explorer.get_by_role("button", name="Open folder").or_(toggle), "Enter")
    expect(line(explorer, "index.json")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    press(page, contents, "ArrowUp", "ArrowUp")
    expect_facts(explorer, facts)


def test_keys_in_the_list_move_the_list_and_no_cell(lesson6: LabPage, explorer: Locator) -> None:
    page = lesson6.page
    cells = lesson6.notebook.locator(".jp-Cell")
    count, chosen = cells.count(), lesson6.notebook.locator(".jp-Cell.jp-mod-selected")
    place = chosen.get_attribute("data-windowed-list-index")
    leave_editor(page)
    contents = control(explorer, "Contents")
    tab_to(page, contents)
    press(page, contents, "End", "ArrowUp", "Home", *["ArrowDown"] * 3, "ArrowUp")
    expect(answer(explorer)).to_contain_text("The folder")
    press(page, contents, "v")  # as any list: to the line that begins so
    expect(answer(explorer)).to_contain_text("Is each binary for the platform that is claimed?")
    press(page, contents, "a", "x", "d", "d", "m", "1")  # shortcuts that change cells
    press(page, contents, "Home", "ArrowDown", "ArrowDown")
    expect(answer(explorer)).to_contain_text("The folder info/")
    toggle = explorer.get_by_role("button", name="folder")
    tab_to(page, toggle)
    for key in ("ArrowDown", "b", "ArrowUp"):
        page.keyboard.press(key)
    expect(chosen).to_have_attribute("data-windowed-list-index", place or "")
    assert cells.count() == count
    page.keyboard.press("Control+S")
    expect(page.locator("#jp-main-dock-panel .jp-mod-current.jp-mod-dirty")).to_have_count(0)


def test_a_text_is_found_and_read_with_the_keyboard(
    lesson6: LabPage, explorer: Locator, facts: conda_file.CondaFile
) -> None:
    page = lesson6.page
    leave_editor(page)
    box = control(explorer, "Filter")
    tab_to(page, box)
    press(page, box, *"paths.json")
    listed = json.loads(conda_file.info_member(facts.path, "info/paths.json"))
    expect(answer(explorer)).to_contain_text(f'"path_type": "{listed["paths"][0]["path_type"]}"')
    press(page, box, *["Backspace"] * 10)
    expect(line(explorer, "Verdicts")).to_be_attached()  # the tree is back


def test_a_long_answer_scrolls_with_the_keyboard(lesson6: LabPage, explorer: Locator) -> None:
    page = lesson6.page
    leave_editor(page)
    tab_to(page, answer(explorer))
    press(page, answer(explorer), "PageDown")
    page.wait_for_function("one => one.scrollTop > 0", arg=answer(explorer).element_handle())


def test_after_a_restart_the_cell_makes_a_new_one(lesson6: LabPage) -> None:
    cell = lesson6.cell("views.PackageExplorer")
    widget = lesson6.run(cell).first
    expect(answer(widget)).to_be_visible()
    lesson6.restart()
    lesson6.run(lesson6.cell("lesson.begin(6)"))
    widget = lesson6.run(cell).first
    expect(answer(widget)).to_contain_text("cpp_math")
