"""The instructions of one function.

capstone disassembles for the processor in the row of the platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.inspection.elf.bound_functions import BoundFunction, bound_functions
from crosscraft.inspection.elf.cxx_names import demangle
from crosscraft.inspection.elf.symbols import SHT_DYNSYM, SHT_SYMTAB, dynamic_symbols, symbols
from crosscraft.inspection.elf.tables import SHT_NOBITS, Tables
from crosscraft.platforms import PLATFORMS, Platform

__all__ = ["BoundFunction", "Instruction", "bound", "disassemble"]

_FUNCTIONS = (0, 2, 10)
"""STT_NOTYPE, STT_FUNC and STT_GNU_IFUNC: functions in assembly, C and the C library."""
_RESERVED = 0xFF00
"""SHN_LORESERVE: this number and higher ones are not the numbers of sections."""
_BY_ADDRESS = 0
"""In place of a section's number, for a function without a symbol."""
_LONGEST = 16
"""Most bytes of an instruction on any processor."""
_ODD_MODES = {"CS_ARCH_ARM": "CS_MODE_THUMB"}
"""The mode of a function with an odd address, for processors that have such a mode."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction."""

    address: int
    """The address if the file is loaded at 0. In an object file, the offset in the section."""
    raw: bytes
    """The bytes, in the order of the file."""
    mnemonic: str
    """The operation by its name in the processor's manual: ``add``. ``.byte`` is data."""
    operands: str
    """The operands: ``w0, w0, w1``."""


class _Function(NamedTuple):
    name: str
    address: int
    size: int
    section: int


def disassemble(file: bytes | BinaryIO, function: str, limit: int = 200) -> tuple[Instruction, ...]:
    """Return the instructions of one function.

    :param file: the content of an ELF file, or an open, seekable file.
    :param function: the mangled name (``_Z3addii``), or the C++ name (``add``,
        ``geometry::area``), or the Python name of a :func:`bound` function. An overloaded name
        needs its parameters (``add(int, int)``).
    :param limit: the maximum number of instructions.
    :raises CrosscraftError: if it is not an ELF file, its processor is not in the table of
        platforms, or it has no such function, or several.
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


def bound(file: bytes | BinaryIO) -> tuple[BoundFunction, ...]:
    """Return the functions that an extension offers to Python, as far as they can be found.

    :param file: the content of an ELF file, or an open, seekable file.
    :raises CrosscraftError: if it is not an ELF file.
    """
    tables = elf.tables_of(file)
    try:
        return _bound(tables)
    except Exception:  # a processor that is not in the table, or damaged code
        return ()


def _bound(tables: Tables) -> tuple[BoundFunction, ...]:
    row = _row(tables)
    return bound_functions(tables, row.capstone_arch, _engine(row, odd=False).disasm_lite)


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
    engine.skipdata = True  # continue after constants between instructions
    return engine


def _functions(tables: Tables) -> Iterator[_Function]:
    """Yield the functions of the file, including local ones if it has a table of all symbols."""
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
    for one in _bound(tables):
        if one.name == wanted:
            return _Function(one.name, one.address, one.size, _BY_ADDRESS)
    forms = demangle([function.name for function in functions])
    # A return type may precede the name, and the parameters follow it.
    named = re.compile(rf"(?:^|.* ){re.escape(wanted)}(?:\[abi:\w+\])?(?:\(.*)?$")
    matches = [f for f in functions if forms[f.name] != f.name and named.match(forms[f.name])]
    if len({(f.section, f.address) for f in matches}) == 1:
        return matches[0]
    if matches:
        raise CrosscraftError(
            f"there are several functions {wanted!r}",
            remedy=f"Choose one: {', '.join(_printable(forms[f.name] for f in matches)[:5])}.",
        )
    near = _printable(form for form in forms.values() if wanted.lower() in form.lower())
    remedy = f"Did you mean {' or '.join(near[:3])}?" if near else "Check the file's exports."
    raise CrosscraftError(f"the file does not define a function {wanted!r}", remedy=remedy)


def _printable(forms: Iterable[str]) -> list[str]:
    """Return the names that are safe in a message. A name in a file may be anything."""
    return sorted({form for form in forms if form.isprintable() and len(form) < 200})


def _code(tables: Tables, function: _Function, limit: int) -> tuple[bytes, int]:
    """Return the bytes of a function and its address, without the bit for its mode."""
    row = _row(tables)
    address = function.address & ~1 if row.capstone_arch in _ODD_MODES else function.address
    if function.section != _BY_ADDRESS and tables.sections:
        section = tables.sections[function.section]
        if section.type == SHT_NOBITS:
            raise CrosscraftError(
                f"the instructions of {function.name!r} are not in this file, which has only debug "
                "information",
                remedy="Give the library or program of this debug information.",
            )
        start = section.offset + address - section.address
        end = section.offset + section.size
    else:
        start, end = tables.at(address)
    if start < 0 or start >= end:
        raise ValueError(f"{function.name!r} is outside its section")
    size = min(function.size or end - start, end - start, max(limit, 0) * _LONGEST)
    return bytes(tables.part(start, size)), address
