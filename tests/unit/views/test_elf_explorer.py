"""The ELF explorer, used as a front end uses it."""

from __future__ import annotations

import re
from concurrent.futures import Future

import pytest

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.inspection.elf import header
from crosscraft.views import binaries, binary_content
from crosscraft.views.elf_explorer import ElfExplorer
from tests.support.drawn_pages import said
from tests.support.small_packages import elf_header

VIEWS = ("Facts", "Sections", "Header", "Symbols", "Instructions")


@pytest.fixture(params=["at once", "later"])
def explorer(request, folder, monkeypatch):
    """Two binaries, small or taken for large: these are read in the background."""
    if request.param == "later":
        monkeypatch.setattr(binaries, "_SMALL", 0)
    made = ElfExplorer(folder)
    made.wait()
    return made


def show(explorer, view):
    explorer.view.value = view
    explorer.wait()
    return said(explorer.pane.widget.value)


def test_facts(explorer, extension):
    assert extension.name in show(explorer, "Facts")
    assert "Python loads it by PyInit__speedups" in show(explorer, "Facts")


def test_another_binary(explorer):
    explorer.binary.index = 1
    explorer.wait()
    assert "AArch64 (EM_AARCH64)" in said(explorer.pane.widget.value)
    assert explorer.function.value is None
    assert "exports no function" in show(explorer, "Instructions")


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_asked_for_while_it_is_read_comes_later(explorer, extension, view):
    slow = binaries.Binary("slow", extension.read_bytes())
    slow.facts = Future()
    explorer.binary.options = [("slow", slow)]
    explorer.binary.index = 0
    explorer.view.value = view
    assert "Still reading" in said(explorer.pane.widget.value)
    assert not explorer.field.options
    slow.facts.set_result(elf.read(extension.read_bytes()))
    explorer.wait()
    assert "Still reading" not in said(explorer.pane.widget.value)
    assert explorer.function.value == "PyInit__speedups"
    assert len(explorer.field.options) == 20
    assert set(said(explorer.pane.widget.value).split()) <= set(said(explorer.static()).split())


def test_a_section_is_pointed_out(explorer):
    page = show(explorer, "Sections")
    assert "▶" not in page
    names = [label for label, _ in explorer.section.options]
    explorer.section.index = names.index(".text")
    explorer.wait()
    page = said(explorer.pane.widget.value)
    assert page.startswith(".text: the instructions of the program's functions.")
    assert "▶ .text" in page


def test_each_byte_of_the_header_has_a_meaning(explorer):
    show(explorer, "Header")
    fields = explorer.binary.value.header()
    assert explorer.byte.max == 63
    for field in fields:
        for at in range(field.offset, field.offset + field.size):
            explorer.byte.value = at
            assert explorer.field.value == field
            page = said(explorer.pane.widget.value)
            assert page.startswith(f"{field.name}, bytes {binary_content.place(field)}: ")
            assert " ".join(field.meaning.split()) in page


def test_a_field_has_bytes(explorer):
    show(explorer, "Header")
    names = [field.name for _, field in explorer.field.options]
    explorer.field.index = names.index("e_machine")
    assert explorer.byte.value == 18
    assert "[3e 00]" in explorer.pane.widget.value


@pytest.mark.parametrize("chosen", range(20))
def test_the_chosen_bytes_are_in_brackets(chosen):
    fields = header.fields(elf_header())
    field = fields[chosen]
    source, _ = binary_content.header(fields, field)
    inside = re.search(r"\[([^\]]*)\]", source.text, re.S)
    assert inside
    assert re.sub(r"\n\w{4}", "", inside[1]).split() == field.raw.hex(" ").split()
    plain = re.sub(r"(?m)^\w{4}|[\[\]]", " ", source.text)
    assert bytes.fromhex("".join(plain.split())) == elf_header()


def test_symbols_are_filtered(explorer):
    assert "PyInit__speedups" in show(explorer, "Symbols")
    explorer.filter.value = "pyinit"
    assert "with 'pyinit' in their name: 1" in said(explorer.pane.widget.value)
    explorer.filter.value = "<b>"
    assert "<b>" not in explorer.pane.widget.value
    assert "name: 0" in said(explorer.pane.widget.value)


def test_many_symbols_are_cut_in_words():
    symbol = elf.Symbol("f", "f", "STT_FUNC", "STB_GLOBAL", 1, 1, "")
    facts = elf.Elf("EM_X86_64", 64, "little", exported=(symbol,) * 20_000)
    (table,) = binary_content.symbols(facts)
    assert table.note == "The first 200 of 20 000 symbols."
    assert len(table.rows) == 200


def test_instructions_side_by_side(explorer):
    page = show(explorer, "Instructions")
    assert explorer.function.value == "PyInit__speedups"
    assert "Error: linux-aarch64: b.so:" in page  # that one has no such function
    explorer.beside.index = 0
    explorer.wait()
    page = said(explorer.pane.widget.value)
    assert "Error" not in page
    assert re.search(r"\b1 ((?:[0-9a-f]{2} )+)\w+.* \1", page)


def test_the_static_form_says_what_the_live_one_says(explorer):
    static = set(said(explorer.static()).split())
    for view in VIEWS:
        assert set(show(explorer, view).split()) <= static


def test_the_static_form_is_the_same_whatever_is_shown(explorer):
    before = explorer.static()
    for view in VIEWS:
        show(explorer, view)
    assert explorer.static() == before


def test_binaries_by_name(extension):
    explorer = ElfExplorer(here=extension, there=elf_header(183))
    assert repr(explorer) == "ElfExplorer of here, there"
    assert str(extension.parent) not in explorer.static()


def test_a_binary_alone_is_beside_itself(extension):
    explorer = ElfExplorer(extension)
    assert explorer.beside.value is explorer.binary.value


def test_a_damaged_binary_is_told_in_place():
    explorer = ElfExplorer(broken=b"\x7fELF\x02\x01", whole=elf_header())
    explorer.wait()
    assert "Error: not an ELF file" in said(explorer.pane.widget.value)
    assert "Error: not an ELF file" in said(explorer.static())
    explorer.binary.index = 1
    explorer.wait()
    assert "Error" not in said(explorer.pane.widget.value)


def test_too_many_bytes_are_left_out_in_words(folder, monkeypatch):
    monkeypatch.setattr(binaries, "HELD", 50_000)
    explorer = ElfExplorer(folder, more=bytes(0) + elf_header() + bytes(49_000))
    assert "1 binaries are left out" in said(explorer.static())


@pytest.mark.parametrize("kind", ["missing", "text", "folder", "empty package"])
def test_what_is_no_binary(tmp_path, make, kind):
    (tmp_path / "text").write_text("text")
    (tmp_path / "folder").mkdir()
    path = make() if kind == "empty package" else tmp_path / kind
    with pytest.raises(CrosscraftError) as error:
        ElfExplorer(path)
    assert str(tmp_path) in str(error.value)
