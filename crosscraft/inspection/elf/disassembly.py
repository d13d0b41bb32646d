"""The instructions of one function, as the processor reads them.

capstone disassembles; the row of the platform says for which processor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.inspection.elf.cxx_names import demangle
from crosscraft.inspection.elf.symbols import SHT_DYNSYM, SHT_SYMTAB, dynamic_symbols, symbols
from crosscraft.inspection.elf.tables import SHT_NOBITS, Tables
from crosscraft.platforms import PLATFORMS, Platform

__all__ = ["Instruction", "disassemble"]

_FUNCTIONS = (0, 2, 10)
"""STT_NOTYPE, STT_FUNC and STT_GNU_IFUNC: what assembly, C and the C library call a function."""
_RESERVED = 0xFF00
"""SHN_LORESERVE: from here on a symbol's section number is not one of a section."""
_LONGEST = 16
"""No instruction of any processor has more bytes."""
_ODD_MODES = {"CS_ARCH_ARM": "CS_MODE_THUMB"}
"""Where an odd address says that a function is of another mode: which one it is."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction."""

    address: int
    """Where it is when the file is loaded at 0; in an object file, where in its section."""
    raw: bytes
    """Its bytes, in the order of the file."""
    mnemonic: str
    """What it does, as the processor's manual abbreviates it: ``add``. ``.byte`` is data."""
    operands: str
    """What it does that with: ``w0, w0, w1``."""


class _Function(NamedTuple):
    name: str
    address: int
    size: int
    section: int


def disassemble(file: bytes | BinaryIO, function: str, limit: int = 200) -> tuple[Instruction, ...]:
    """Return the instructions of one function.

    :param file: an ELF file's content, or an open file that can seek.
    :param function: its name as in the file (``_Z3addii``), or in C++ (``add``,
        ``geometry::area``; with its parameters, ``add(int, int)``, if it is overloaded).
    :param limit: the most instructions that are returned.
    :raises CrosscraftError: if it is not an ELF file, not for a processor in the table of
        platforms, or has no such function, or several.
    """
    tables = elf.tables_of(file)
    row = _row(tables)
    try:
        found = _find(tables, function)
        code, address = _code(tables, found, limit)
    except CrosscraftError:
        raise
    except Exception as error:
        raise elf.damaged(error) from None
    engine = _engine(row, odd=bool(found.address & 1))
    place = 0
    instructions = []
    for _, size, mnemonic, operands in engine.disasm_lite(code, address, limit):
        raw = code[place : place + size]
        instructions.append(Instruction(address + place, raw, mnemonic, operands))
        place += size
    return tuple(instructions)


def _row(tables: Tables) -> Platform:
    machine = tables.header["e_machine"]
    row = elf.platform_of(
        elf.Elf(str(machine), tables.elf_class, "little" if tables.little else "big")
    )
    if row is None:
        raise CrosscraftError(
            f"instructions for {machine} cannot be shown",
            remedy=f"Give a file for one of: {', '.join(PLATFORMS)}.",
        )
    return row


def _engine(row: Platform, *, odd: bool) -> Any:
    import capstone

    mode = _ODD_MODES.get(row.capstone_arch, row.capstone_mode) if odd else row.capstone_mode
    order = {"little": capstone.CS_MODE_LITTLE_ENDIAN, "big": capstone.CS_MODE_BIG_ENDIAN}
    engine = capstone.Cs(
        getattr(capstone, row.capstone_arch), getattr(capstone, mode) | order[row.endianness]
    )
    engine.skipdata = True  # constants between instructions must not end the listing
    return engine


def _functions(tables: Tables) -> Iterator[_Function]:
    """Every function of the file; with a table of all symbols, also those not exported."""
    for kind in (SHT_DYNSYM, SHT_SYMTAB):
        for (name, info, _, section, value, size), names in symbols(tables, kind):
            if info & 15 in _FUNCTIONS and 0 < section < _RESERVED and name:
                yield _Function(names.text(name), value, size, section)
    if not tables.sections:
        for name, info, _, section, value, size in dynamic_symbols(tables):
            if info & 15 in _FUNCTIONS and 0 < section < _RESERVED and name:
                yield _Function(tables.dynamic_strings.text(name), value, size, section)


def _find(tables: Tables, wanted: str) -> _Function:
    functions = list(_functions(tables))
    for function in functions:
        if function.name == wanted:
            return function
    forms = demangle([function.name for function in functions])
    # The name may follow a return type, and what follows it are its parameters.
    named = re.compile(rf"(?:^|.* ){re.escape(wanted)}(?:\[abi:\w+\])?(?:\(.*)?$")
    matches = [f for f in functions if forms[f.name] != f.name and named.match(forms[f.name])]
    if len({(f.section, f.address) for f in matches}) == 1:
        return matches[0]
    if matches:
        raise CrosscraftError(
            f"there are several functions {wanted!r}",
            remedy=f"Say which one: {', '.join(_shown(forms[f.name] for f in matches)[:5])}.",
        )
    near = _shown(form for form in forms.values() if wanted.lower() in form.lower())
    remedy = f"Did you mean {' or '.join(near[:3])}?" if near else "Look at what the file exports."
    raise CrosscraftError(f"the file has no function {wanted!r} of its own", remedy=remedy)


def _shown(forms: Iterable[str]) -> list[str]:
    """Those names that can be part of a message. A file may call a function anything."""
    return sorted({form for form in forms if form.isprintable() and len(form) < 200})


def _code(tables: Tables, function: _Function, limit: int) -> tuple[bytes, int]:
    """The bytes of a function and its address, without the bit that only says its mode."""
    row = _row(tables)
    address = function.address & ~1 if row.capstone_arch in _ODD_MODES else function.address
    if tables.sections:
        section = tables.sections[function.section]
        if section.type == SHT_NOBITS:
            raise CrosscraftError(
                f"the instructions of {function.name!r} are not in this file, which holds debug "
                "information alone",
                remedy="Give the library or program that it belongs to.",
            )
        start = section.offset + address - section.address
        end = section.offset + section.size
    else:
        start, end = tables.at(address)
    if start < 0 or start >= end:
        raise ValueError(f"{function.name!r} is outside its section")
    size = min(function.size or end - start, end - start, max(limit, 0) * _LONGEST)
    return bytes(tables.part(start, size)), address
