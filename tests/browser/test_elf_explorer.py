"""The ELF explorer of notebook 06, with the mouse and with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from crosscraft.inspection import conda_file, elf
from crosscraft.inspection.elf import header
from tests.support.browser.keyboard import leave_editor, pick, press, tab_to
from tests.support.browser.lab_page import LabPage, control

CROSS = "linux-aarch64: cpp_math.cpython-311-aarch64-linux-gnu.so"


@pytest.fixture
def explorer(lesson6: LabPage) -> Iterator[Locator]:
    """The widget, fresh."""
    yield lesson6.run(lesson6.cell("views.ElfExplorer")).first


@pytest.fixture
def content(packages: Path) -> bytes:
    """The extension for the other processor."""
    package = next((packages / "linux-aarch64").glob("cpp_math-*.conda"))
    return conda_file.open_member(package, conda_file.read(package).files[0])


@pytest.fixture
def facts(content: bytes) -> elf.Elf:
    return elf.read(content)


def answer(explorer: Locator) -> Locator:
    return explorer.get_by_role("region", name="Facts about the binary")


def show(explorer: Locator, view: str) -> Locator:
    return explorer.get_by_role("button", name=view, exact=True)


def expect_facts(explorer: Locator, facts: elf.Elf) -> None:
    expect(answer(explorer)).to_contain_text(f"({facts.machine})")
    expect(answer(explorer)).to_contain_text(", ".join(facts.needed))


def test_facts_of_another_binary_with_the_mouse(explorer: Locator, facts: elf.Elf) -> None:
    control(explorer, "Binary").select_option(CROSS)
    expect_facts(explorer, facts)


def test_a_section_with_the_mouse(explorer: Locator, facts: elf.Elf) -> None:
    control(explorer, "Binary").select_option(CROSS)
    show(explorer, "Sections").click()
    names = [section.name for section in facts.sections]
    expect(control(explorer, "Section").locator("option")).to_have_count(len(names) + 1)
    control(explorer, "Section").select_option(".text")
    chosen = answer(explorer).locator("tr[aria-current=true]")
    text = facts.sections[names.index(".text")]
    expect(chosen).to_contain_text("▶ .text")
    expect(chosen).to_contain_text(f"{text.offset:#x}")


def test_a_byte_of_the_header_with_the_mouse(explorer: Locator, content: bytes) -> None:
    control(explorer, "Binary").select_option(CROSS)
    show(explorer, "Header").click()
    machine = next(one for one in header.fields(content) if one.name == "e_machine")
    control(explorer, "Byte").fill(str(machine.offset))
    control(explorer, "Byte").press("Enter")
    expect(answer(explorer)).to_contain_text(machine.meaning)
    expect(answer(explorer).locator("tr[aria-current=true]")).to_contain_text(machine.raw.hex(" "))


def test_symbols_with_the_mouse(explorer: Locator, facts: elf.Elf) -> None:
    show(explorer, "Symbols").click()
    control(explorer, "Filter").fill("PyInit")
    offered = (
        answer(explorer).get_by_role("table", name="Exported symbols").get_by_role("rowheader")
    )
    expect(offered).to_have_text(list(facts.init_symbols))


def test_instructions_for_two_processors_with_the_mouse(explorer: Locator) -> None:
    show(explorer, "Instructions").click()
    expect(control(explorer, "Function")).to_be_visible()
    options = control(explorer, "Function").locator("option")
    expect(options.first).to_have_text("add")
    expect(options.nth(1)).to_have_text("PyInit_cpp_math")
    expect(answer(explorer)).to_contain_text("lea eax, [rdi + rsi]")
    expect(answer(explorer)).to_contain_text("add w0, w0, w1")
    control(explorer, "Function").select_option("PyInit_cpp_math")
    expect(answer(explorer)).to_contain_text("push rax")
    expect(answer(explorer)).to_contain_text("stp x29, x30")


def test_with_the_keyboard(
    lesson6: LabPage, explorer: Locator, facts: elf.Elf, content: bytes
) -> None:
    page = lesson6.page
    leave_editor(page)
    binary = control(explorer, "Binary")
    tab_to(page, binary)
    pick(page, binary, CROSS)
    expect_facts(explorer, facts)

    tab_to(page, show(explorer, "Sections"))
    press(page, show(explorer, "Sections"), "Space")
    section = control(explorer, "Section")
    tab_to(page, section)
    pick(page, section, facts.sections[2].name)
    chosen = answer(explorer).locator("tr[aria-current=true]")
    expect(chosen).to_contain_text(facts.sections[2].name)

    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    press(page, show(explorer, "Header"), "Enter")
    byte = control(explorer, "Byte")
    tab_to(page, byte)
    press(page, byte, *["ArrowUp"] * 18, "Enter")
    machine = next(one for one in header.fields(content) if one.name == "e_machine")
    expect(answer(explorer)).to_contain_text(machine.meaning)


def test_symbols_and_instructions_with_the_keyboard(
    lesson6: LabPage, explorer: Locator, facts: elf.Elf
) -> None:
    page = lesson6.page
    leave_editor(page)
    tab_to(page, show(explorer, "Symbols"))
    press(page, show(explorer, "Symbols"), "Space")
    box = control(explorer, "Filter")
    tab_to(page, box)
    press(page, box, *"PyInit")
    expect(answer(explorer)).to_contain_text(facts.init_symbols[0])
    page.keyboard.press("Shift+Tab")
    press(page, show(explorer, "Instructions"), "Space")
    beside = control(explorer, "Beside")
    tab_to(page, beside)
    pick(page, beside, "linux-64: cpp_math.cpython-311-x86_64-linux-gnu.so")
    expect(answer(explorer)).not_to_contain_text("add w0, w0, w1")
    tab_to(page, answer(explorer))
    press(page, answer(explorer), "End")
