"""The header of an ELF file, byte by byte.

Source: the System V ABI's "ELF Header".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from crosscraft.inspection.elf import wording
from crosscraft.inspection.elf.binary import damaged, tables_of

__all__ = ["HeaderField", "fields"]


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One field of the header."""

    offset: int
    """The offset in the file, in bytes."""
    size: int
    """The size in bytes."""
    name: str
    """The name in the specification: ``EI_CLASS``, ``e_machine``."""
    raw: bytes
    """The bytes of the field."""
    value: str
    """The value as text: ``64-bit``, ``AArch64``."""
    meaning: str
    """The purpose of the field, and the meaning of the value, in one sentence."""


@dataclass(frozen=True, slots=True)
class _Row:
    """The description of a field."""

    name: str
    size: int
    """The size in bytes, or :data:`_ADDRESS`."""
    describe: Callable[[int], str]
    """Returns the value as text."""
    meaning: str
    """A sentence with ``{value}`` as the placeholder of the value."""


def _of(texts: dict[int, str]) -> Callable[[int], str]:
    return lambda number: texts.get(number, f"unknown ({number:#x})")


def _bytes(number: int) -> str:
    return f"{number} byte" if number == 1 else f"{number} bytes"


_ORDERS: dict[bytes, Literal["little", "big"]] = {b"\1": "little", b"\2": "big"}
_ADDRESS_SIZES = {b"\1": 4, b"\2": 8}
_ADDRESS = 0
"""The size of an address: 4 bytes in a 32-bit file, 8 in a 64-bit one."""
_ROWS = (
    _Row(
        "EI_MAG",
        4,
        lambda number: "7f 45 4c 46, DEL E L F",
        "The magic number: every ELF file begins with these four bytes, and nothing else does.",
    ),
    _Row(
        "EI_CLASS",
        1,
        _of({1: "32-bit", 2: "64-bit"}),
        "How wide an address is, and with it how large the tables are: here {value}.",
    ),
    _Row(
        "EI_DATA",
        1,
        _of({1: "little-endian", 2: "big-endian"}),
        "Which byte of a number comes first, the lowest or the highest: here {value}.",
    ),
    _Row(
        "EI_VERSION",
        1,
        _of({1: "1, the current one"}),
        "The version of the header: {value}. No other version exists.",
    ),
    _Row(
        "EI_OSABI",
        1,
        hex,  # `fields` has the words, because they depend on the processor
        "Whose additions to the specification the file uses: {value}. On Linux that is System V "
        "or, with GNU's additions, GNU/Linux.",
    ),
    _Row(
        "EI_ABIVERSION",
        1,
        str,
        "The version of those additions: {value}. On Linux it is 0.",
    ),
    _Row("EI_PAD", 7, lambda number: "unused", "Seven bytes for later use, all zero."),
    _Row(
        "e_type",
        2,
        wording.file_type,
        "The kind of file: {value}. A Python extension is DYN.",
    ),
    _Row(
        "e_machine",
        2,
        wording.machine,
        "The processor that the instructions are for: {value}. The loader refuses any other.",
    ),
    _Row(
        "e_version",
        4,
        _of({1: "1, the current one"}),
        "The version of the object file: {value}.",
    ),
    _Row(
        "e_entry",
        _ADDRESS,
        hex,
        "The address of a program's first instruction: {value}. A library has none, so it is 0.",
    ),
    _Row(
        "e_phoff",
        _ADDRESS,
        _bytes,
        "Where the program headers begin, which tell the loader what to load: after {value}.",
    ),
    _Row(
        "e_shoff",
        _ADDRESS,
        _bytes,
        "Where the section headers begin, which tell linker and debugger what is where: "
        "after {value}.",
    ),
    _Row("e_flags", 4, hex, "Flags that each processor defines for itself: {value}."),
    _Row("e_ehsize", 2, _bytes, "The size of this header: {value}."),
    _Row("e_phentsize", 2, _bytes, "The size of one program header: {value}."),
    _Row("e_phnum", 2, str, "The number of program headers: {value}."),
    _Row("e_shentsize", 2, _bytes, "The size of one section header: {value}."),
    _Row("e_shnum", 2, str, "The number of section headers: {value}."),
    _Row(
        "e_shstrndx",
        2,
        str,
        "The number of the section that holds the names of sections: {value}.",
    ),
)


def fields(data: bytes) -> tuple[HeaderField, ...]:
    """Return the fields of the ELF header in order. They cover all of its bytes.

    :param data: an ELF file, or at least its header (52 or 64 bytes).
    :raises CrosscraftError: if it is not the header of an ELF file.
    """
    order = _ORDERS.get(data[5:6])
    address_size = _ADDRESS_SIZES.get(data[4:5])
    if not data.startswith(b"\x7fELF") or order is None or address_size is None:
        tables_of(data)  # raises an error with the kind of the file
        raise damaged(ValueError("neither 32-bit nor 64-bit"))
    found = []
    offset = 0
    for row in _ROWS:
        size = row.size or address_size
        raw = data[offset : offset + size]
        if len(raw) < size:
            raise damaged(ValueError(f"it ends after {len(data)} bytes, within its header"))
        value = row.describe(int.from_bytes(raw, order))
        if row.name == "EI_OSABI":
            value = wording.os_abi(raw[0], int.from_bytes(data[18:20], order))
        meaning = row.meaning.format(value=value)
        found.append(HeaderField(offset, size, row.name, raw, value, meaning))
        offset += size
    return tuple(found)
