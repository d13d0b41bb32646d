"""The sections of an ELF file.

Sources: the System V ABI's "Sections", and readelf for the letters of flags.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from crosscraft.inspection.elf import wording
from crosscraft.inspection.elf.tables import Tables

__all__ = ["Section", "named", "sections"]

_LETTERS = {
    0x1: "W", 0x2: "A", 0x4: "X", 0x10: "M", 0x20: "S", 0x40: "I", 0x80: "L", 0x100: "O",
    0x200: "G", 0x400: "T", 0x800: "C", 0x80000000: "E",
}  # fmt: skip
"""Flags with the same meaning in every file."""
_MACHINE_LETTERS = {
    (20, 0x10000000): "v", (40, 0x20000000): "y",
    (62, 0x10000000): "l", (180, 0x10000000): "l", (181, 0x10000000): "l",
}  # fmt: skip
"""Flags of one processor: code in PowerPC's VLE form, execute-only code of ARM, and large sections
of x86-64 and its relatives."""
_ABI_LETTERS = {
    (3, 0x200000): "R", (9, 0x200000): "R",
    (0, 0x1000000): "D", (3, 0x1000000): "D", (9, 0x1000000): "D",
}  # fmt: skip
"""Flags of the ABIs System V (0), GNU (3) and FreeBSD (9): sections that the linker keeps, and
sections for special memory."""
_RESERVED = ((0x0FF00000, "o"), (0xF0000000, "p"))
"""The bits for ABIs and for processors, with one letter for all unknown flags of each."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section: a named part of the file."""

    name: str
    """The name: ``.text``."""
    type: str
    """``sh_type`` by its name in the specification, ``SHT_PROGBITS``, or readelf's form
    for a number without a name, ``LOPROC+0x1``."""
    flags: str
    """``sh_flags`` as readelf's letters: ``AX`` is executable memory."""
    address: int
    """The address in memory, or 0 if the section is not loaded."""
    offset: int
    """The offset in the file, in bytes."""
    size: int
    """The size in bytes, in memory or in the file."""


def sections(tables: Tables) -> tuple[Section, ...]:
    """Return the sections in the order of the file, without the empty first one."""
    machine, abi = tables.machine, tables.os_abi
    names = tables.section_names()
    return tuple(
        Section(
            name=names.text(section.name),
            type=wording.section_type(section.type, machine, abi),
            flags=_letters(section.flags, machine, abi),
            address=section.address,
            offset=section.offset,
            size=section.size,
        )
        for section in tables.sections[1:]
    )


def named(value: str | int) -> str:
    """Return a constant's name. pyelftools returns an unknown constant as a number."""
    return value if isinstance(value, str) else f"{value:#x}"


@functools.lru_cache(maxsize=1000)
def _letters(flags: int, machine: int, abi: int) -> str:
    found = ""
    while flags:
        flag = flags & -flags
        flags -= flag
        letter = (
            _LETTERS.get(flag)
            or _MACHINE_LETTERS.get((machine, flag))
            or _ABI_LETTERS.get((abi, flag))
        )
        if letter is None:
            mask, letter = next((row for row in _RESERVED if flag & row[0]), (0, "x"))
            flags &= ~mask
        found += letter
    return found
