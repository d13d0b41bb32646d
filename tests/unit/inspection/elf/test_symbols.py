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
        (
            ["CXXABI_1.3.13", "CXXABI_TM_1", "CXXABI_FLOAT128"],
            {"CXXABI": "1.3.13", "CXXABI_TM": "1"},
        ),
        (["LIBSSH_4_5_0", "LIBSSH_4_10_0", "LIBSSH_4_9_0"], {"LIBSSH": "4_10_0"}),
        (["OPENSSL_1_1_0", "OPENSSL_1_1_0d", "OPENSSL_3.0.0"], {"OPENSSL": "3.0.0"}),
        (["OPENSSL_1_1_0d", "OPENSSL_1_1_0"], {"OPENSSL": "1_1_0d"}),
        (["OPENLDAP_2.4_2", "LIBXML2_2.4.30"], {"LIBXML2": "2.4.30", "OPENLDAP": "2.4_2"}),
        (["ALSA_0.9.0rc8", "ALSA_0.9", "ALSA_0.9.0rc4"], {"ALSA": "0.9.0rc8"}),
        (["ALSA_0.9.0", "ALSA_0.9.0rc8", "ALSA_0.9.0rc10"], {"ALSA": "0.9.0"}),
        (["XZ_5.1.2alpha", "XZ_5.2", "ZLIB_1.2.3.4"], {"XZ": "5.2", "ZLIB": "1.2.3.4"}),
        (
            ["NCURSES6_5.0.19991023", "NCURSES6_TINFO_5.0.19991023"],
            {"NCURSES6": "5.0.19991023", "NCURSES6_TINFO": "5.0.19991023"},
        ),
        (["libnl_3_2_26", "libnl_3", "PNG16_0"], {"PNG16": "0", "libnl": "3_2_26"}),
        (["GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR", "GLIBC_2.", "_1", ""], {}),
        (["V1.0", "Base", "libcublas.so.11", "krb5_3_MIT", "Qt_5_PRIVATE_API"], {}),
        ([f"GLIBC_{'9' * 5000}", "GLIBC_2.2"], {"GLIBC": "2.2"}),
    ],
)
def test_highest(versions, highest):
    assert elf_symbols.highest(versions) == highest
    assert elf_symbols.highest(reversed(versions)) == highest


@pytest.mark.parametrize("name", ["_1" * 32_000, "1" * 65_000, "A_" * 32_000, "_1a" * 20_000])
def test_a_hostile_version_is_read_in_no_time(name):
    elf_symbols.highest([name] * 2000)  # the most that a file's strings have room for


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
        (0x1E, "STB_GLOBAL", "<processor specific>: 14"),
    ],
)
def test_bindings_and_types(info, binding, kind):
    tiny = tiny_elf.make()
    tiny.put(tiny.at["symbols"] + 24 + 4, "B", info)
    (symbol,) = elf.read(bytes(tiny.data)).exported
    assert (symbol.binding, symbol.type) == (binding, kind)
