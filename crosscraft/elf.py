"""Facts about a shared library, a program or an object file, read from its ELF tables.

Source: the System V ABI's "Object Files" chapter and the Linux Standard Base's on symbol
versions. :mod:`crosscraft.elf_tables` walks the tables; pyelftools reads the header and
knows what the constants are called.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from crosscraft import elf_tables
from crosscraft.demangle import demangle
from crosscraft.elf_tables import (
    MAX_DYNAMIC,
    MAX_NOTES,
    MAX_SECTIONS,
    MAX_SEGMENTS,
    MAX_STRING,
    MAX_SYMBOLS,
    MAX_TEXT,
    MAX_VERSIONS,
)
from crosscraft.errors import CrosscraftError
from crosscraft.platforms import PLATFORMS, Platform

__all__ = [
    "MAX_DYNAMIC",
    "MAX_EXPORTED",
    "MAX_FILE",
    "MAX_NOTES",
    "MAX_SECTIONS",
    "MAX_SEGMENTS",
    "MAX_STRING",
    "MAX_SYMBOLS",
    "MAX_TEXT",
    "MAX_VERSIONS",
    "Elf",
    "Section",
    "Symbol",
    "class_words",
    "demangled",
    "endianness_words",
    "machine_words",
    "platform_of",
    "read",
    "soabi",
    "type_words",
]

MAX_FILE = 2**30
"""The largest file that is read, in bytes. The file is held in memory while it is read."""
MAX_EXPORTED = 500_000
"""The most exported symbols. Among the largest libraries there are, one has some 100,000."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section: a named part of the file."""

    name: str
    """What it is called: ``.text``."""
    type: str
    """``sh_type`` by its name in the specification: ``SHT_PROGBITS``; a number if unknown."""
    flags: str
    """``sh_flags`` as readelf's letters: ``AX`` is memory that is executed."""
    address: int
    """Where it is loaded to; 0 if it is not loaded."""
    offset: int
    """Where its bytes begin in the file."""
    size: int
    """Bytes, in memory or in the file."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function or a variable that the file offers to others."""

    name: str
    """As in the file, without its version: ``_ZNSt8ios_base4InitC1Ev``."""
    demangled: str
    """For people: ``std::ios_base::Init::Init()``; the same as the name if that is not
    mangled, and until :func:`demangled` is called."""
    type: str
    """``STT_FUNC``, ``STT_OBJECT``, …; a number if unknown."""
    binding: str
    """``STB_GLOBAL``, ``STB_WEAK`` or ``STB_GNU_UNIQUE``."""
    address: int
    """Where it is when the file is loaded at 0."""
    size: int
    """Bytes; 0 if unknown."""
    version: str
    """``GLIBCXX_3.4.21``, or empty if it has none."""


@dataclass(frozen=True, slots=True)
class Elf:
    """What an ELF file says of itself."""

    machine: str
    """``e_machine`` by its name in the specification: ``EM_X86_64``; a number if unknown."""
    elf_class: int
    """Width of an address in bits: 32 or 64."""
    endianness: str
    """``little`` or ``big``."""
    type: str = "ET_NONE"
    """``e_type``: ``ET_DYN`` is a shared library or a program that can be loaded anywhere,
    ``ET_EXEC`` a program, ``ET_REL`` an object file."""
    abi: str = "ELFOSABI_SYSV"
    """``EI_OSABI``: whose extensions to the specification it uses."""
    entry: int = 0
    """The address of its first instruction; 0 if it has none."""
    interpreter: str = ""
    """The loader that a program asks for (``PT_INTERP``), or empty."""
    soname: str = ""
    """What a library calls itself (``DT_SONAME``), or empty."""
    needed: tuple[str, ...] = ()
    """The libraries it links to (``DT_NEEDED``)."""
    rpath: tuple[str, ...] = ()
    """Where its libraries are looked for first (``DT_RPATH``)."""
    runpath: tuple[str, ...] = ()
    """Where its libraries are looked for after LD_LIBRARY_PATH (``DT_RUNPATH``)."""
    build_id: str = ""
    """The linker's checksum of the file, in hexadecimal, or empty."""
    requires: dict[str, str] = dataclasses.field(default_factory=dict)
    """The highest symbol version it requires of each family: ``{"GLIBC": "2.14"}``."""
    stripped: bool = True
    """Whether the table of all its symbols (``.symtab``) was taken out."""
    position_independent_program: bool = False
    """Whether it is a program although its type is ``ET_DYN`` (``DF_1_PIE``)."""
    sections: tuple[Section, ...] = ()
    """Its sections in the order of the file, without the empty first one."""
    exported: tuple[Symbol, ...] = ()
    """The functions and variables it offers to others, sorted by name."""

    @property
    def init_symbols(self) -> tuple[str, ...]:
        """The functions by which Python loads an extension: ``PyInit_<module>``, and
        ``PyInitU_<module>`` for a name that is not ASCII (PEP 489)."""
        return tuple(
            symbol.name
            for symbol in self.exported
            if symbol.type == "STT_FUNC" and symbol.name.startswith(("PyInit_", "PyInitU_"))
        )


def read(file: bytes | BinaryIO) -> Elf:
    """Return the facts about an ELF file.

    Names stay mangled; :func:`demangled` translates them, which takes a process of its own.

    :param file: its content, or an open file that can seek.
    :raises CrosscraftError: if it is not a whole ELF file, or beyond one of the bounds above.
    """
    data = _content(file)
    try:
        return _facts(elf_tables.Tables(data))
    except Exception as error:  # pyelftools believes what a damaged header says, and trips
        raise CrosscraftError(
            f"not an ELF file, or not a whole one: {error}",
            remedy="Look at its first bytes: an ELF file begins with 7f 45 4c 46.",
        ) from None


def demangled(facts: Elf) -> Elf:
    """Return the same facts, with the names of symbols as C++ programmers write them.

    A name that cannot be demangled (in time) stays as it is.
    """
    names = demangle([symbol.name for symbol in facts.exported])
    return dataclasses.replace(
        facts,
        exported=tuple(
            dataclasses.replace(symbol, demangled=names[symbol.name]) for symbol in facts.exported
        ),
    )


def platform_of(elf: Elf) -> Platform | None:
    """Return the platform whose processor `elf` is for, or None if it is not in the table."""
    facts = (elf.machine, elf.elf_class, elf.endianness)
    for row in PLATFORMS.values():
        if (row.elf_machine, row.elf_class, row.endianness) == facts:
            return row
    return None


def soabi(name: str) -> str | None:
    """Return the SOABI in an extension's file name, or None if it has none.

    ``cpp_math.cpython-311-x86_64-linux-gnu.so`` is ``cpython-311-x86_64-linux-gnu``
    (PEP 3149).
    """
    match = re.search(r"\.(cpython-[^.]+|abi3)\.so$", name)
    return match[1] if match else None


# The words of `readelf -h`, for people and for JSON


def machine_words(elf: Elf) -> str:
    """Return the processor in words: ``Advanced Micro Devices X86-64``."""
    from elftools.elf.descriptions import describe_e_machine

    return describe_e_machine(elf.machine)


def class_words(elf: Elf) -> str:
    """Return the width of addresses in words: ``ELF64``."""
    return f"ELF{elf.elf_class}"


def endianness_words(elf: Elf) -> str:
    """Return the byte order in words: ``2's complement, little endian``."""
    return f"2's complement, {elf.endianness} endian"


def type_words(elf: Elf) -> str:
    """Return the kind of file in words: ``DYN (Shared object file)``."""
    from elftools.elf.descriptions import describe_e_type

    if elf.position_independent_program:
        return "DYN (Position-Independent Executable file)"
    return describe_e_type(elf.type)


# Reading


def _content(file: bytes | BinaryIO) -> bytes:
    if isinstance(file, bytes):
        size, data = len(file), file
    else:
        size = file.seek(0, 2)
        file.seek(0)
        data = file.read(min(size, MAX_FILE))
    if size > MAX_FILE:
        raise CrosscraftError(
            f"not read: {size} bytes are more than the {MAX_FILE} that are read of an ELF file",
            remedy="Take its debug information out (`strip --strip-debug`), and look again.",
        )
    return data


def _facts(tables: elf_tables.Tables) -> Elf:
    header = tables.header
    strings = [(tag, value) for tag, value in tables.dynamic if tag in _STRING_TAGS]
    named: dict[str, list[str]] = {name: [] for name in _STRING_TAGS.values()}
    for tag, value in strings:
        named[_STRING_TAGS[tag]].append(tables.dynamic_strings.text(value))
    required = tables.needed_versions()
    return Elf(
        machine=_name(header["e_machine"]),
        elf_class=tables.elf_class,
        endianness="little" if tables.little else "big",
        type=_name(header["e_type"]),
        abi=_name(header["e_ident"]["EI_OSABI"]),
        entry=header["e_entry"],
        interpreter=_interpreter(tables),
        soname=(named["soname"] or [""])[-1],
        needed=tuple(named["needed"]),
        rpath=_folders(named["rpath"]),
        runpath=_folders(named["runpath"]),
        build_id=tables.build_id().hex(),
        requires=_highest(required.values()),
        stripped=not any(s.type == elf_tables.SHT_SYMTAB for s in tables.sections),
        position_independent_program=bool((tables.tag(_DT_FLAGS_1) or 0) & _DF_1_PIE),
        sections=tuple(_sections(tables)),
        exported=_exported(tables, required),
    )


_STRING_TAGS = {1: "needed", 14: "soname", 15: "rpath", 29: "runpath"}
"""The dynamic entries that are strings, by tag."""
_DT_FLAGS_1, _DF_1_PIE = 0x6FFFFFFB, 0x08000000
_BINDINGS = {1: "STB_GLOBAL", 2: "STB_WEAK", 10: "STB_GNU_UNIQUE"}
"""The bindings by which a symbol is seen from outside."""
_HIDDEN = (1, 2)
"""STV_INTERNAL and STV_HIDDEN: the loader passes such symbols over."""
_VERSION = re.compile(r"(.+)_(\d{1,9}(?:\.\d{1,9}){0,9})")


def _name(value: str | int) -> str:
    """pyelftools gives a constant that it does not know as a number."""
    return value if isinstance(value, str) else f"{value:#x}"


def _folders(values: list[str]) -> tuple[str, ...]:
    return tuple(folder for value in values if value for folder in value.split(":"))


def _interpreter(tables: elf_tables.Tables) -> str:
    path = bytes(tables.segment_data(elf_tables.PT_INTERP)[: elf_tables.MAX_STRING])
    return path.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")


def _highest(versions: Iterable[str]) -> dict[str, str]:
    """The highest of each family; ``GLIBC_PRIVATE`` and its like have no number."""
    found: dict[str, tuple[tuple[int, ...], str]] = {}
    for version in versions:
        if match := _VERSION.fullmatch(version):
            family, number = match.groups()
            rank = tuple(int(part) for part in number.split("."))
            found[family] = max(found.get(family, ((), "")), (rank, number))
    return {family: found[family][1] for family in sorted(found)}


def _sections(tables: elf_tables.Tables) -> Iterable[Section]:
    from elftools.elf.descriptions import describe_sh_flags

    flags = functools.cache(describe_sh_flags)
    types = _section_types(_name(tables.header["e_machine"]))
    names = tables.section_names()
    for section in tables.sections[1:]:
        yield Section(
            name=names.text(section.name),
            type=types.get(section.type) or f"{section.type:#x}",
            flags=flags(section.flags),
            address=section.address,
            offset=section.offset,
            size=section.size,
        )


@functools.cache
def _section_types(machine: str) -> dict[int, str]:
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


@functools.cache
def _symbol_types() -> dict[int, str]:
    from elftools.elf.enums import ENUM_ST_INFO_TYPE

    names = {number: name for name, number in ENUM_ST_INFO_TYPE.items() if isinstance(number, int)}
    return names | {10: "STT_GNU_IFUNC"}


def _exported(tables: elf_tables.Tables, required: dict[int, str]) -> tuple[Symbol, ...]:
    entries = list(tables.dynamic_symbols())
    indices = tables.symbol_versions(len(entries))
    versions = required | tables.defined_versions()  # a copied variable keeps the required one
    types = _symbol_types()
    text = tables.dynamic_strings.text
    found = []
    for place, (name, info, other, section, value, size) in enumerate(entries):
        if section == 0 or info >> 4 not in _BINDINGS or other & 3 in _HIDDEN:
            continue
        said = text(name)
        found.append(
            Symbol(
                name=said,
                demangled=said,
                type=types.get(info & 15) or f"{info & 15:#x}",
                binding=_BINDINGS[info >> 4],
                address=value,
                size=size,
                version=versions.get(indices[place] & 0x7FFF, "") if indices else "",
            )
        )
        if len(found) > MAX_EXPORTED:
            raise elf_tables.Damaged(f"more than {MAX_EXPORTED} exported symbols")
    return tuple(sorted(found, key=lambda symbol: (symbol.name, symbol.version)))
