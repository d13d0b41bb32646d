"""The header of an ELF file, byte by byte.

Source: the System V ABI's "ELF Header"; the words for a value are those of readelf, by
pyelftools.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from crosscraft.inspection.elf.binary import damaged, tables_of

__all__ = ["HeaderField", "fields"]


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One field of the header."""

    offset: int
    """Where it begins in the file, in bytes."""
    size: int
    """How many bytes it has."""
    name: str
    """What the specification calls it: ``EI_CLASS``, ``e_machine``."""
    raw: bytes
    """Its bytes."""
    value: str
    """What they say: ``64-bit``, ``AArch64``."""
    meaning: str
    """What the field is for, and what this value says, in one sentence."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A field before its bytes are read."""

    name: str
    size: int
    """Its size in bytes, or :data:`_ADDRESS`."""
    say: Callable[[int], str]
    """Its value in words."""
    meaning: str
    """A sentence; ``{value}`` is replaced."""


def _constant(enum: str, describe: str) -> Callable[[int], str]:
    """Words for a number that pyelftools has a name for, and for that name words."""

    def say(number: int) -> str:
        from elftools.elf import descriptions, enums

        table = getattr(enums, enum)
        name = next((name for name, value in table.items() if value == number), "")
        words: str = getattr(descriptions, describe)(name)
        return words if words != "<unknown>" else name or f"unknown ({number:#x})"

    return say


def _of(words: dict[int, str]) -> Callable[[int], str]:
    return lambda number: words.get(number, f"unknown ({number:#x})")


def _bytes(number: int) -> str:
    return f"{number} byte" if number == 1 else f"{number} bytes"


_ORDERS: dict[bytes, Literal["little", "big"]] = {b"\1": "little", b"\2": "big"}
_WORDS = {b"\1": 4, b"\2": 8}
_ADDRESS = 0
"""In the place of a size: 4 bytes in a 32-bit file, 8 in a 64-bit one."""
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
        "The version of the header; there has only ever been version 1, and this is {value}.",
    ),
    _Row(
        "EI_OSABI",
        1,
        _constant("ENUM_EI_OSABI", "describe_ei_osabi"),
        "Whose additions to the specification the file uses: {value}; on Linux that is System V "
        "or, with GNU's additions, GNU/Linux.",
    ),
    _Row(
        "EI_ABIVERSION",
        1,
        str,
        "The version of those additions, {value}; on Linux it is 0.",
    ),
    _Row("EI_PAD", 7, lambda number: "unused", "Seven bytes for later use, all zero."),
    _Row(
        "e_type",
        2,
        _constant("ENUM_E_TYPE", "describe_e_type"),
        "What kind of file it is: {value}; a Python extension is DYN.",
    ),
    _Row(
        "e_machine",
        2,
        _constant("ENUM_E_MACHINE", "describe_e_machine"),
        "Which processor the instructions are for: {value}; the loader refuses any other.",
    ),
    _Row(
        "e_version",
        4,
        _of({1: "1, the current one"}),
        "The version of the object file; again {value}.",
    ),
    _Row(
        "e_entry",
        _ADDRESS,
        hex,
        "The address of a program's first instruction, {value}; a library has none and says 0.",
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
    """Return the fields of the ELF header in order; together they are all of its bytes.

    :param data: an ELF file, or as much of it as its header (52 or 64 bytes).
    :raises CrosscraftError: if it is not the header of an ELF file.
    """
    order = _ORDERS.get(data[5:6])
    word = _WORDS.get(data[4:5])
    if not data.startswith(b"\x7fELF") or order is None or word is None:
        tables_of(data)  # says what it is instead
        raise damaged(ValueError("neither 32-bit nor 64-bit"))
    found = []
    offset = 0
    for row in _ROWS:
        size = row.size or word
        raw = data[offset : offset + size]
        if len(raw) < size:
            raise damaged(ValueError(f"it ends after {len(data)} bytes, within its header"))
        value = row.say(int.from_bytes(raw, order))
        meaning = row.meaning.format(value=value)
        found.append(HeaderField(offset, size, row.name, raw, value, meaning))
        offset += size
    return tuple(found)
