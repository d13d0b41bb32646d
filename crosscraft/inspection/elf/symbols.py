"""The symbols of an ELF file, and their versions.

Sources: the System V ABI's "Symbol Table" and "Hash Table", the Linux Standard Base's "Symbol
Versioning", and the GNU C library's loader for the GNU hash table.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from crosscraft.inspection.elf import wording
from crosscraft.inspection.elf.strings import Damaged, Strings
from crosscraft.inspection.elf.tables import (
    MAX_EXPORTED,
    MAX_SYMBOLS,
    MAX_VERSIONS,
    Tables,
)

__all__ = [
    "SHT_DYNSYM", "SHT_SYMTAB", "Symbol", "dynamic_symbols", "exported", "highest",
    "needed_versions", "symbols",
]  # fmt: skip

SHT_SYMTAB, SHT_DYNSYM = 2, 11
"""The types of the two symbol sections: all symbols, and the dynamic symbols for the loader."""

_DT_HASH, _DT_SYMTAB, _DT_GNU_HASH = 4, 6, 0x6FFFFEF5
_DT_VERSYM, _DT_VERDEF, _DT_VERNEED = 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFE
_VER_FLG_BASE = 1
_INDEX = 0x7FFF
"""The bits of a version's index. The 16th bit marks a version that is not the default."""
_BINDINGS = {1: "STB_GLOBAL", 2: "STB_WEAK", 10: "STB_GNU_UNIQUE"}
"""The bindings of exported symbols."""
_HIDDEN = (1, 2)
"""STV_INTERNAL and STV_HIDDEN: the loader ignores such symbols."""
_VERSION = re.compile(
    r"(?P<family>.{1,200}?)_(?P<version>(?P<numbers>\d{1,18}(?:[._]\d{1,18}){0,9})"
    r"(?:(?P<word>[A-Za-z]{1,9})(?P<count>\d{0,9}))?)"
)
"""A family, and a version behind the first ``_`` that only numbers follow, joined by ``.`` or
``_``. The last number may have a letter (``1_1_0d``) or a word (``0.9.0rc4``)."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """An exported function or variable."""

    name: str
    """The name in the file, without its version: ``_ZNSt8ios_base4InitC1Ev``."""
    demangled: str
    """The name for people: ``std::ios_base::Init::Init()``. It is the same as `name` until
    :func:`crosscraft.inspection.elf.demangled` is called, or if `name` is not mangled."""
    type: str
    """``STT_FUNC``, ``STT_OBJECT``, …, or ``<unknown>: 7``, readelf's form for a number without a
    name."""
    binding: str
    """``STB_GLOBAL``, ``STB_WEAK`` or ``STB_GNU_UNIQUE``."""
    address: int
    """The address if the file is loaded at 0."""
    size: int
    """The size in bytes, or 0 if unknown."""
    version: str
    """``GLIBCXX_3.4.21``, or empty if there is none."""


class Entry(NamedTuple):
    """``Elf64_Sym``, and ``Elf32_Sym`` with its fields in the same order."""

    name: int
    info: int
    other: int
    section: int
    value: int
    size: int


def exported(tables: Tables, required: dict[int, str]) -> tuple[Symbol, ...]:
    """Return the exported dynamic symbols, sorted by name.

    :param required: the result of :func:`needed_versions`.
    """
    entries = list(dynamic_symbols(tables))
    indices = _version_indices(tables, len(entries))
    # A variable that the linker copied into a program keeps the version of the original.
    versions = required | _defined_versions(tables)
    types = [wording.symbol_type(number, tables.machine) for number in range(16)]
    text = tables.dynamic_strings.text
    found = []
    for place, (name, info, other, section, value, size) in enumerate(entries):
        if section == 0 or info >> 4 not in _BINDINGS or other & 3 in _HIDDEN:
            continue
        decoded = text(name)
        found.append(
            Symbol(
                name=decoded,
                demangled=decoded,
                type=types[info & 15],
                binding=_BINDINGS[info >> 4],
                address=value,
                size=size,
                version=versions.get(indices[place] & _INDEX, "") if indices else "",
            )
        )
        tables.at_most(len(found), MAX_EXPORTED, "exported symbols")
    return tuple(sorted(found, key=lambda symbol: (symbol.name, symbol.version)))


def symbols(tables: Tables, kind: int) -> Iterator[tuple[Entry, Strings]]:
    """Yield the symbols of each section of a kind, each with the string table of its name."""
    for section in tables.sections:
        if section.type == kind:
            count = section.size // struct.calcsize("=" + tables.records.symbol)
            names = tables.strings(section.link)
            for entry in _entries(tables, section.offset, count):
                yield entry, names


def needed_versions(tables: Tables) -> dict[int, str]:
    """Return the required versions of imported symbols, by index."""
    names: dict[int, str] = {}
    seen = 0
    for here, (_, count, _, aux, _) in _chain(tables, _DT_VERNEED, "2H3I", 4):
        place = here + aux
        for _ in range(count):
            _, _, index, name, step = tables.unpack("I2H2I", place)
            names[index & _INDEX] = tables.dynamic_strings.text(name)
            seen += 1
            tables.at_most(seen, MAX_VERSIONS, "versions")
            if step == 0:
                break
            place += step
    return names


def highest(versions: Iterable[str]) -> dict[str, str]:
    """Return the highest version of each family. ``GLIBC_PRIVATE`` and similar names have none."""
    matches = filter(None, map(_VERSION.fullmatch, versions))
    return {match["family"]: match["version"] for match in sorted(matches, key=_rank)}


def _rank(match: re.Match[str]) -> tuple[str, list[int], int, str, int, str]:
    """Return the order of a version: by family, then by numbers. ``1_1_0d`` comes after ``1_1_0``,
    and ``0.9.0rc4`` before ``0.9.0``."""
    numbers = [int(part) for part in re.split("[._]", match["numbers"])]
    word, count = match["word"] or "", match["count"] or ""
    stage = 0 if not word else 1 if len(word) == 1 and not count else -1
    return match["family"], numbers, stage, word.lower(), int(count or 0), match["version"]


def dynamic_symbols(tables: Tables) -> Iterator[Entry]:
    """Return the dynamic symbols, which the loader uses. A static file has none."""
    place = tables.tag(_DT_SYMTAB)
    if place is None:
        return iter(())
    size = struct.calcsize("=" + tables.records.symbol)
    for section in tables.sections:  # only the section headers have the number of symbols
        if section.type == SHT_DYNSYM and section.address == place:
            count = section.size // size
            break
    else:
        count = _count_by_hash(tables)
    return _entries(tables, tables.at(place)[0], count)


def _entries(tables: Tables, start: int, count: int) -> Iterator[Entry]:
    tables.at_most(count, MAX_SYMBOLS, "symbols")
    layout = tables.layout(tables.records.symbol)
    rows = layout.iter_unpack(tables.part(start, count * layout.size, "a table of symbols"))
    if tables.elf_class == 64:
        return map(Entry._make, rows)
    return (
        Entry(name, info, other, section, value, size)
        for name, value, size, info, other, section in rows
    )


def _count_by_hash(tables: Tables) -> int:
    """Return the number of dynamic symbols, from a hash table, which contains all of them."""
    if (address := tables.tag(_DT_GNU_HASH)) is not None:
        start, _ = tables.at(address)
        buckets, first, bloom, _ = tables.unpack("4I", start)
        tables.at_most(buckets, MAX_SYMBOLS, "buckets")
        table = start + 16 + bloom * tables.records.word
        last = max(tables.unpack(f"{buckets}I", table), default=0)
        if last < first:
            return first
        chain = table + 4 * buckets
        while not tables.unpack("I", chain + 4 * (last - first))[0] & 1:  # 1 ends a chain
            last += 1
            tables.at_most(last, MAX_SYMBOLS, "symbols")
        return last + 1
    if (address := tables.tag(_DT_HASH)) is not None:
        return tables.unpack("2I", tables.at(address)[0])[1]
    return 0


def _version_indices(tables: Tables, count: int) -> tuple[int, ...]:
    """Return the version index of each of `count` dynamic symbols, or none without versions."""
    address = tables.tag(_DT_VERSYM)
    return () if address is None else tables.unpack(f"{count}H", tables.at(address)[0])


def _defined_versions(tables: Tables) -> dict[int, str]:
    """Return the versions of the file's own symbols, by index."""
    names: dict[int, str] = {}
    for here, (_, flags, index, _, _, aux, _) in _chain(tables, _DT_VERDEF, "4H3I", 6):
        if not flags & _VER_FLG_BASE:  # the base version is the name of the file
            names[index & _INDEX] = tables.dynamic_strings.text(tables.unpack("2I", here + aux)[0])
    return names


def _chain(tables: Tables, tag: int, layout: str, step: int) -> Iterator[tuple[int, Any]]:
    """Yield each record of a chain with its offset. Steps are unsigned, so a chain cannot loop."""
    if (address := tables.tag(tag)) is None:
        return
    place, _ = tables.at(address)
    for _ in range(MAX_VERSIONS):
        record = tables.unpack(layout, place)
        yield place, record
        if record[step] == 0:
            return
        place += record[step]
    raise Damaged(f"more than {MAX_VERSIONS} versions")
