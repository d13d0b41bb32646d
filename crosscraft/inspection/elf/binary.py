"""Facts about a shared library, a program or an object file, read from its ELF tables.

Sources: the System V ABI's chapter "Object Files", and the Linux Standard Base's chapter on symbol
versions. :mod:`crosscraft.inspection.elf.tables` reads the tables. pyelftools reads the header and
has the names of the constants.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import BinaryIO

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import machine_code
from crosscraft.inspection.elf import linker_script, wording
from crosscraft.inspection.elf import sections as elf_sections
from crosscraft.inspection.elf import symbols as elf_symbols
from crosscraft.inspection.elf import tables as elf_tables
from crosscraft.inspection.elf.cxx_names import Demangle, demangle
from crosscraft.inspection.elf.sections import Section
from crosscraft.inspection.elf.strings import MAX_STRING
from crosscraft.inspection.elf.symbols import Symbol


@dataclass(frozen=True, slots=True)
class Elf:
    """The facts about an ELF file."""

    machine: str
    """``e_machine`` by its name in the specification, ``EM_X86_64``, or a number if unknown."""
    elf_class: int
    """Width of an address in bits: 32 or 64."""
    endianness: str
    """``little`` or ``big``."""
    type: str = "ET_NONE"
    """``e_type``: ``ET_DYN`` is a shared library or a position-independent program, ``ET_EXEC`` a
    program, ``ET_REL`` an object file."""
    abi: str = "ELFOSABI_SYSV"
    """``EI_OSABI`` by its name, or a number if unknown: the extensions to the specification that
    the file uses."""
    abi_version: int = 0
    """``EI_ABIVERSION``: the version of these extensions."""
    flags: int = 0
    """``e_flags``, which each processor defines for itself."""
    entry: int = 0
    """The address of the first instruction, or 0 if there is none."""
    interpreter: str = ""
    """The loader of a program (``PT_INTERP``), or empty."""
    soname: str = ""
    """The name of a library (``DT_SONAME``), or empty."""
    needed: tuple[str, ...] = ()
    """The libraries that the file needs (``DT_NEEDED``)."""
    rpath: tuple[str, ...] = ()
    """The folders that the loader searches first (``DT_RPATH``)."""
    runpath: tuple[str, ...] = ()
    """The folders that the loader searches after LD_LIBRARY_PATH (``DT_RUNPATH``)."""
    build_id: str = ""
    """The linker's checksum of the file, in hexadecimal, or empty."""
    requires: dict[str, str] = dataclasses.field(default_factory=dict)
    """The highest required symbol version of each family: ``{"GLIBC": "2.14"}``."""
    stripped: bool = True
    """Whether the table of all symbols (``.symtab``) was removed."""
    position_independent_program: bool = False
    """Whether the file is a program although its type is ``ET_DYN`` (``DF_1_PIE``)."""
    header: bytes = dataclasses.field(default=b"", compare=False, repr=False)
    """The bytes of the ELF header, which :mod:`crosscraft.inspection.elf.header` explains."""
    sections: tuple[Section, ...] = ()
    """The sections in the order of the file, without the empty first one."""
    exported: tuple[Symbol, ...] = ()
    """The exported functions and variables, sorted by name."""

    @property
    def init_symbols(self) -> tuple[str, ...]:
        """The functions that Python calls to load an extension: ``PyInit_<module>``, or
        ``PyInitU_<module>`` for a name that is not ASCII (PEP 489), and since Python 3.15
        ``PyModExport_<module>`` (PEP 793)."""
        return tuple(
            symbol.name
            for symbol in self.exported
            if symbol.type in _FUNCTIONS and symbol.name.startswith(_INIT)
        )


_INIT = ("PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_")
_FUNCTIONS = {"STT_FUNC", "STT_GNU_IFUNC", "STT_NOTYPE"}
"""The types of functions. An assembler writes the last one, and dlsym(3) finds all of them."""


def read(file: bytes | BinaryIO) -> Elf:
    """Return the facts about an ELF file.

    Names stay mangled, because :func:`demangled` starts a process.

    :param file: the content, or an open, seekable file.
    :raises CrosscraftError: if the file is not a complete ELF file, or exceeds a limit of
        :mod:`crosscraft.inspection.elf.tables`.
    """
    tables = tables_of(file)
    try:
        return _facts(tables)
    except Exception as error:
        raise damaged(error) from None


def demangled(facts: Elf, demangle: Demangle = demangle) -> Elf:
    """Return the same facts with demangled C++ names.

    A name stays mangled if it cannot be demangled, or not in time.
    """
    names = demangle([symbol.name for symbol in facts.exported])
    return dataclasses.replace(
        facts,
        exported=tuple(
            dataclasses.replace(symbol, demangled=names[symbol.name]) for symbol in facts.exported
        ),
    )


def soabi(name: str) -> str | None:
    """Return the SOABI in an extension's file name, or None if it has none.

    ``cpp_math.cpython-311-x86_64-linux-gnu.so`` is ``cpython-311-x86_64-linux-gnu``
    (PEP 3149).
    """
    match = re.search(r"\.(cpython-[^.]+|pypy[^.]+|abi3t?(?:-[^.]+)?)\.so$", name)
    return match[1] if match else None


# The texts of `readelf -h`, for people and for JSON


def machine_text(elf: Elf) -> str:
    """Return the processor as text: ``Advanced Micro Devices X86-64``."""
    return wording.machine(wording.number_of("ENUM_E_MACHINE", elf.machine))


def class_text(elf: Elf) -> str:
    """Return the width of addresses as text: ``ELF64``."""
    return f"ELF{elf.elf_class}"


def endianness_text(elf: Elf) -> str:
    """Return the byte order as text: ``2's complement, little endian``."""
    return f"2's complement, {elf.endianness} endian"


def type_text(elf: Elf) -> str:
    """Return the kind of file as text: ``DYN (Shared object file)``."""
    if elf.position_independent_program:
        return "DYN (Position-Independent Executable file)"
    return wording.file_type(wording.number_of("ENUM_E_TYPE", elf.type))


# Reading

_OTHERS = {
    b"!<arch>\n": "a static library, which is an archive of object files",
    b"!<thin>\n": "a thin archive, which is a list of object files",
    b"PK\x03\x04": "a zip file, as every .conda package is",
    b"BZh": "a file compressed by bzip2, as every .tar.bz2 package is",
    b"#!": "a script",
}
"""The first bytes of files that people mistake for libraries, and the kinds of these files."""


def tables_of(file: bytes | BinaryIO) -> elf_tables.Tables:
    """Return the tables of an ELF file, which have more than its facts.

    :raises CrosscraftError: as :func:`read`.
    """
    try:
        size = len(file) if isinstance(file, bytes) else file.seek(0, 2)
        start = file[:_BEGINNING] if isinstance(file, bytes) else _from_start(file, _BEGINNING)
        if not start.startswith(b"\x7fELF"):
            raise _not_elf(start)
        if size > elf_tables.MAX_FILE:
            raise CrosscraftError(
                f"an ELF file of {size} bytes is too large: the limit is {elf_tables.MAX_FILE}",
                remedy="Remove its debug information (`strip --strip-debug`) and inspect it again.",
            )
        return elf_tables.Tables(file if isinstance(file, bytes) else _from_start(file, size))
    except CrosscraftError:
        raise
    except Exception as error:  # pyelftools raises many classes for a damaged header
        raise damaged(error) from None


def damaged(error: Exception) -> CrosscraftError:
    """Return the error for a file that does not match its header."""
    return CrosscraftError(
        f"not an ELF file, or an incomplete one: {error}",
        remedy="Check it with `readelf -a`, and copy or download it again.",
    )


_BEGINNING = 4096
"""Bytes that determine the kind of a file. A linker script has some 300."""


def _from_start(file: BinaryIO, size: int) -> bytes:
    file.seek(0)
    return file.read(size)


def _not_elf(start: bytes) -> CrosscraftError:
    if names := linker_script.names(start):
        return CrosscraftError(
            "not an ELF file but a linker script, a text that the linker reads instead of a "
            f"library. It names {', '.join(names)}",
            remedy="Inspect these files instead.",
        )
    known = [f"it is {kind}" for magic, kind in _OTHERS.items() if start.startswith(magic)]
    if code := machine_code.find(start):
        known = [f"it is {code.text}"]
    why = next(iter(known), "it does not begin like one" if start else "it is empty")
    return CrosscraftError(
        f"not an ELF file, or an incomplete one: {why}",
        remedy="Check its first bytes: an ELF file begins with 7f 45 4c 46.",
    )


def _facts(tables: elf_tables.Tables) -> Elf:
    header = tables.header
    strings = [(tag, value) for tag, value in tables.dynamic if tag in _STRING_TAGS]
    named: dict[str, list[str]] = {name: [] for name in _STRING_TAGS.values()}
    for tag, value in strings:
        named[_STRING_TAGS[tag]].append(tables.dynamic_strings.text(value))
    required = elf_symbols.needed_versions(tables)
    return Elf(
        machine=elf_sections.named(header["e_machine"]),
        elf_class=tables.elf_class,
        endianness="little" if tables.little else "big",
        type=elf_sections.named(header["e_type"]),
        abi=wording.os_abi_name(tables.os_abi, tables.machine),
        abi_version=header["e_ident"]["EI_ABIVERSION"],
        flags=header["e_flags"],
        entry=header["e_entry"],
        interpreter=_interpreter(tables),
        soname=(named["soname"] or [""])[-1],
        needed=tuple(named["needed"]),
        rpath=_folders(named["rpath"]),
        runpath=_folders(named["runpath"]),
        build_id=tables.build_id().hex(),
        requires=elf_symbols.highest(required.values()),
        stripped=not any(s.type == elf_symbols.SHT_SYMTAB for s in tables.sections),
        position_independent_program=bool((tables.tag(_DT_FLAGS_1) or 0) & _DF_1_PIE),
        header=tables.data[:_HEADER],
        sections=elf_sections.sections(tables),
        exported=elf_symbols.exported(tables, required),
    )


_HEADER = 64
"""Bytes of the larger header, that of a 64-bit file."""
_STRING_TAGS = {1: "needed", 14: "soname", 15: "rpath", 29: "runpath"}
"""The dynamic entries with strings, by tag."""
_DT_FLAGS_1, _DF_1_PIE = 0x6FFFFFFB, 0x08000000


def _folders(values: list[str]) -> tuple[str, ...]:
    return tuple(folder for value in values if value for folder in value.split(":"))


def _interpreter(tables: elf_tables.Tables) -> str:
    path = bytes(tables.segment_data(elf_tables.PT_INTERP)[:MAX_STRING])
    return path.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")
