"""The sections of an ELF file.

Sources: the System V ABI's "Sections", its supplements for each processor in pyelftools' tables
of names, and readelf for the letters of flags.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from crosscraft.inspection.elf.tables import Tables

__all__ = ["Section", "named", "sections"]

_LETTERS = {
    0x1: "W", 0x2: "A", 0x4: "X", 0x10: "M", 0x20: "S", 0x40: "I", 0x80: "L", 0x100: "O",
    0x200: "G", 0x400: "T", 0x800: "C", 0x80000000: "E",
}  # fmt: skip
"""Flags with the same meaning in every file."""
_MACHINE_LETTERS = {("EM_X86_64", 0x10000000): "l", ("EM_ARM", 0x20000000): "y"}
"""Flags of one processor: large sections, and execute-only code."""
_ABI_LETTERS = {
    ("ELFOSABI_LINUX", 0x200000): "R",
    ("ELFOSABI_FREEBSD", 0x200000): "R",
    ("ELFOSABI_LINUX", 0x1000000): "D",
    ("ELFOSABI_FREEBSD", 0x1000000): "D",
    ("ELFOSABI_SYSV", 0x1000000): "D",
}
"""Flags of one ABI: sections that the linker keeps, and sections for special memory."""
_RESERVED = ((0x0FF00000, "o"), (0xF0000000, "p"))
"""The bits for ABIs and for processors, with one letter for all unknown flags of each."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section: a named part of the file."""

    name: str
    """The name: ``.text``."""
    type: str
    """``sh_type`` by its name in the specification, ``SHT_PROGBITS``, or a number if unknown."""
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
    machine = named(tables.header["e_machine"])
    abi = named(tables.header["e_ident"]["EI_OSABI"])
    types = _types(machine)
    names = tables.section_names()
    return tuple(
        Section(
            name=names.text(section.name),
            type=types.get(section.type) or f"{section.type:#x}",
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
def _letters(flags: int, machine: str, abi: str) -> str:
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


@functools.cache
def _types(machine: str) -> dict[int, str]:
    from elftools.elf import enums

    known = {
        "EM_X86_64": enums.ENUM_SH_TYPE_AMD64,
        "EM_AARCH64": enums.ENUM_SH_TYPE_AARCH64,
        "EM_ARM": enums.ENUM_SH_TYPE_ARM,
        "EM_MIPS": enums.ENUM_SH_TYPE_MIPS,
        "EM_RISCV": enums.ENUM_SH_TYPE_RISCV,
    }
    table = known.get(machine, enums.ENUM_SH_TYPE_BASE)
    return {number: name for name, number in table.items() if isinstance(number, int)}
