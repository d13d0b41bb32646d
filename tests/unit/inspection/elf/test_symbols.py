"""Symbols and their versions."""

from __future__ import annotations

import pytest

from crosscraft.inspection import elf
from crosscraft.inspection.elf import symbols as elf_symbols
from tests.support import tiny_elf


@pytest.mark.parametrize(
    ("versions", "highest"),
    [
        ([], {}),
        (["GLIBC_2.4", "GLIBC_2.34", "GLIBC_2.17"], {"GLIBC": "2.34"}),
        (["GLIBC_2.2.5", "GLIBC_2.2"], {"GLIBC": "2.2.5"}),
        (["GLIBC_2.10", "GLIBCXX_3.4.9", "GLIBCXX_3.4.21"], {"GLIBC": "2.10", "GLIBCXX": "3.4.21"}),
        (["CXXABI_1.3", "CXXABI_ARM_1.3.3"], {"CXXABI": "1.3", "CXXABI_ARM": "1.3.3"}),
        (["GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR", "GLIBC_2.", "_1", ""], {}),
        ([f"GLIBC_{'9' * 5000}", "GLIBC_2.2"], {"GLIBC": "2.2"}),
    ],
)
def test_highest(versions, highest):
    assert elf_symbols.highest(versions) == highest


def test_the_version_of_a_symbol_that_a_program_has_copied():
    """A variable of the C library that a program has a copy of keeps its version."""
    tiny = tiny_elf.make()
    tiny.put(tiny.at["indices"] + 2, "H", 0x8000 | 2)  # the highest bit: not the default one
    assert elf.read(bytes(tiny.data)).exported[0].version == "GLIBC_2.4"


def test_a_version_of_its_own():
    """GLIBC_2.4 as one that the file defines; the base definition before it is the file's name."""
    tiny = tiny_elf.make()
    name = tiny_elf.STRINGS.index(b"GLIBC_2.4")
    soname = tiny_elf.STRINGS.index(b"libarea")
    place = tiny.at["needs"]
    tiny.put(place, "4H3I", 1, 1, 1, 1, 0, 40, 20)
    tiny.put(place + 20, "4H3I", 1, 0, 2, 1, 0, 28, 0)
    tiny.put(place + 40, "II", soname, 0)
    tiny.put(place + 48, "II", name, 0)
    tiny.put(tiny.at["dynamic"] + 8 * 16, "Q", 0x6FFFFFFC)  # DT_VERDEF
    for index, version in ((1, ""), (2, "GLIBC_2.4"), (3, "")):
        tiny.put(tiny.at["indices"] + 2, "H", index)
        facts = elf.read(bytes(tiny.data))
        assert facts.exported[0].version == version
        assert facts.requires == {}


@pytest.mark.parametrize(
    ("info", "binding", "kind"),
    [
        (0x12, "STB_GLOBAL", "STT_FUNC"),
        (0x21, "STB_WEAK", "STT_OBJECT"),
        (0xA1, "STB_GNU_UNIQUE", "STT_OBJECT"),
        (0x1A, "STB_GLOBAL", "STT_GNU_IFUNC"),
        (0x16, "STB_GLOBAL", "STT_TLS"),
        (0x1E, "STB_GLOBAL", "0xe"),
    ],
)
def test_bindings_and_types(info, binding, kind):
    tiny = tiny_elf.make()
    tiny.put(tiny.at["symbols"] + 24 + 4, "B", info)
    (symbol,) = elf.read(bytes(tiny.data)).exported
    assert (symbol.binding, symbol.type) == (binding, kind)
