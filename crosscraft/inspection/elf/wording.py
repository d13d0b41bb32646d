"""The numbers in ELF files as text, worded as by readelf, also where readelf knows no word.

:mod:`crosscraft.inspection.elf.words` and pyelftools have the words.
"""

from __future__ import annotations

import functools

from crosscraft.inspection.elf import words

__all__ = [
    "file_type", "machine", "number_of", "os_abi", "os_abi_name", "section_type", "symbol_type",
]  # fmt: skip

_IA_64, _SOLARIS = 50, 6
_SECTION_TYPES = {
    8: "MIPS", 10: "MIPS", 40: "ARM", 62: "AMD64", 180: "AMD64", 181: "AMD64", 183: "AARCH64",
    243: "RISCV",
}  # fmt: skip
"""pyelftools' tables of section types, by ``e_machine``."""
_SECTION_RANGES = ((0x80000000, "LOUSER"), (0x70000000, "LOPROC"), (0x60000000, "LOOS"))
"""The first section types for programs, processors and ABIs."""
_SYMBOL_RANGES = ((13, "processor specific"), (10, "OS specific"), (0, "unknown"))
"""The first symbol types for processors, ABIs and everything else."""


def machine(number: int) -> str:
    """Return ``e_machine`` as text: ``Advanced Micro Devices X86-64``."""
    return words.MACHINES.get(number) or f"<unknown>: {number:#x}"


def file_type(number: int) -> str:
    """Return ``e_type`` as text: ``DYN (Shared object file)``."""
    if number >= 0xFF00:
        return f"Processor Specific: ({number:x})"
    if number >= 0xFE00:
        return f"OS Specific: ({number:x})"
    return words.FILE_TYPES.get(number) or f"<unknown>: {number:x}"


def os_abi(number: int, machine: int) -> str:
    """Return ``EI_OSABI`` as text: ``UNIX - System V``."""
    known = words.OS_ABIS.get(number) or words.OS_ABIS_OF.get((machine, number))
    return known or f"<unknown: {number:x}>"


def os_abi_name(number: int, machine: int) -> str:
    """Return ``EI_OSABI`` by its name, ``ELFOSABI_SYSV``, or a number if unknown."""
    if number >= 64:  # each processor has its own
        return words.OS_ABI_NAMES.get((machine, number)) or f"{number:#x}"
    return _names("ENUM_EI_OSABI").get(number) or f"{number:#x}"


def section_type(number: int, machine: int, os_abi: int) -> str:
    """Return ``sh_type`` by its name, ``SHT_PROGBITS``, or ``LOPROC+0x1`` if unknown."""
    if known := _section_types(machine, os_abi).get(number):
        return known
    for start, name in _SECTION_RANGES:
        if number >= start:
            return f"{name}+{number - start:#x}" if number > start else f"{name}+0"
    return f"{number:08x}: <unknown>"


def symbol_type(number: int, machine: int) -> str:
    """Return a symbol's type by its name, ``STT_FUNC``, or ``<unknown>: 7`` if unknown."""
    of_machine = words.SYMBOL_TYPES_OF.get(machine, {})
    table = _names("ENUM_ST_INFO_TYPE") | words.SYMBOL_TYPES | of_machine
    kind = next(kind for start, kind in _SYMBOL_RANGES if number >= start)
    return table.get(number) or f"<{kind}>: {number}"


def number_of(enum: str, name: str) -> int:
    """Return the number of a name in one of pyelftools' tables. ``0x9026`` is a number itself."""
    from elftools.elf import enums

    number = getattr(enums, enum).get(name)
    return number if isinstance(number, int) else int(name, 16)


@functools.lru_cache(maxsize=64)
def _section_types(machine: int, os_abi: int) -> dict[int, str]:
    table = _names(f"ENUM_SH_TYPE_{_SECTION_TYPES.get(machine, 'BASE')}") | words.SECTION_TYPES
    if os_abi == _SOLARIS and machine != _IA_64:
        table |= words.SOLARIS_SECTION_TYPES
    return table | words.SECTION_TYPES_OF.get(machine, {})


@functools.cache
def _names(enum: str) -> dict[int, str]:
    from elftools.elf import enums

    table = getattr(enums, enum)
    return {number: name for name, number in table.items() if isinstance(number, int)}
