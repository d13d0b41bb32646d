"""Sections: their types by name, and their flags as readelf's letters."""

from __future__ import annotations

import pytest

from crosscraft.inspection import elf
from tests.support import tiny_elf


def section(machine: int, abi: int, kind: int, flags: int) -> elf.Section:
    """The first section of a library, changed."""
    tiny = tiny_elf.make(machine=machine)
    tiny.data[7] = abi
    tiny.put(tiny.at["sections"] + 64 + 4, "IQ", kind, flags)
    return elf.read(bytes(tiny.data)).sections[0]


@pytest.mark.parametrize(
    ("machine", "abi", "flags", "letters"),
    [
        (62, 0, 0, ""),
        (62, 0, 0x6, "AX"),
        (62, 0, 0x3, "WA"),
        (62, 0, 0x32, "AMS"),
        (62, 0, 0x403, "WAT"),
        (62, 0, 0x800, "C"),
        (62, 0, 0x80000000, "E"),
        (62, 0, 0x10000002, "Al"),
        (183, 0, 0x10000002, "Ap"),
        (183, 0, 0x30000002, "Ap"),
        (40, 0, 0x20000006, "AXy"),
        (62, 3, 0x200002, "AR"),
        (62, 0, 0x200002, "Ao"),
        (62, 0, 0x600002, "Ao"),
        (62, 0, 0x1000002, "AD"),
        (62, 0, 0x100000002, "Ax"),
    ],
)
def test_flags(machine, abi, flags, letters):
    """Of processors 62 (x86-64), 183 (aarch64) and 40 (ARM); of ABIs 0 (System V) and 3 (GNU)."""
    assert section(machine, abi, 3, flags).flags == letters


@pytest.mark.parametrize(
    ("machine", "kind", "name"),
    [
        (62, 1, "SHT_PROGBITS"),
        (62, 0x6FFFFFF6, "SHT_GNU_HASH"),
        (62, 0x70000001, "SHT_AMD64_UNWIND"),
        (40, 0x70000001, "SHT_ARM_EXIDX"),
        (183, 0x70000003, "SHT_AARCH64_ATTRIBUTES"),
        (15, 0x70000001, "SHT_PARISC_UNWIND"),
        (195, 0x70000001, "SHT_ARC_ATTRIBUTES"),
        (258, 0x70000001, "LOPROC+0x1"),
        (62, 0x12345678, "12345678: <unknown>"),
    ],
)
def test_types(machine, kind, name):
    assert section(machine, 0, kind, 2).type == name


def test_places_and_sizes():
    tiny = tiny_elf.make()
    (names,) = (s for s in elf.read(bytes(tiny.data)).sections if s.name == ".shstrtab")
    assert names.address == names.offset == tiny.at["names"]
    assert names.size == len(tiny_elf.NAMES)
