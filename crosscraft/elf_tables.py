"""The tables of an ELF file, read within bounds.

pyelftools reads the header and knows the names of constants; the tables that the header
points to are walked here as arrays of fixed records, for two reasons. A library may have
ten thousand symbols, which :mod:`struct` unpacks fifty times faster than an object per
symbol. And a damaged or hostile file may claim any size: nothing here is larger than the
file itself, and no walk is longer than a bound below.

Source: the System V ABI's "Object Files" and "Program Loading and Dynamic Linking"
chapters; symbol versions and the GNU hash table as in the Linux Standard Base's and the
GNU C library's ``elf.h``.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["Damaged", "SectionHeader", "Strings", "SymbolEntry", "Tables"]

MAX_SECTIONS = 200_000
"""The most sections that are read. A large C++ object file has some ten thousand."""
MAX_SEGMENTS = 65_536
"""The most program headers that are read; ``e_phnum`` counts to one less."""
MAX_SYMBOLS = 2_000_000
"""The most entries of a symbol table that are walked."""
MAX_DYNAMIC = 65_536
"""The most entries of the dynamic section that are read; a library has about thirty."""
MAX_VERSIONS = 32_768
"""The most symbol versions; their index has 15 bits."""
MAX_NOTES = 65_536
"""The most notes that are looked at for the build id."""
MAX_STRING = 65_536
"""The most bytes of one string: a name, a path."""
MAX_TEXT = 128 * 2**20
"""The most bytes of all strings of a file together. (A million symbols may share one string.)"""


class Damaged(ValueError):
    """A table that is not where, or not what, another part of the file says."""


class SectionHeader(NamedTuple):
    """``Elf32_Shdr`` and ``Elf64_Shdr``; the fields as they come in the file."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry_size: int


class Segment(NamedTuple):
    """What we need of ``Elf32_Phdr`` and ``Elf64_Phdr``."""

    type: int
    offset: int
    address: int
    file_size: int
    align: int


class SymbolEntry(NamedTuple):
    """``Elf32_Sym`` and ``Elf64_Sym``."""

    name: int
    info: int
    other: int
    section: int
    value: int
    size: int


class Records(NamedTuple):
    """How the records of one ELF class look, as :mod:`struct` formats without byte order."""

    section: str
    segment: str
    segment_fields: tuple[int, ...]
    """Where type, offset, vaddr, filesz and align stand in a segment's record."""
    symbol: str
    symbol_fields: tuple[int, ...]
    """Where name, info, other, shndx, value and size stand in a symbol's record."""
    dynamic: str
    word: int
    """Bytes of an address."""


RECORDS = {
    32: Records("10I", "8I", (0, 1, 2, 4, 7), "IIIBBH", (0, 3, 4, 5, 1, 2), "II", 4),
    64: Records("IIQQQQIIQQ", "IIQQQQQQ", (0, 2, 3, 5, 7), "IBBHQQ", (0, 1, 2, 3, 4, 5), "QQ", 8),
}

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
SHT_SYMTAB, SHT_NOTE, SHT_NOBITS, SHT_DYNSYM = 2, 7, 8, 11
SHF_TLS = 0x400
DT_NULL, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ = 0, 4, 5, 6, 10
DT_GNU_HASH, DT_VERSYM, DT_VERDEF, DT_VERNEED = 0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFE
NT_GNU_BUILD_ID = 3
VER_FLG_BASE = 1


class Strings:
    """A string table: the bytes of the file from `start` to before `end`."""

    def __init__(self, tables: Tables, start: int, end: int) -> None:
        self._tables = tables
        self._data = tables.data
        self.start = start
        self.end = end

    def text(self, offset: int) -> str:
        """Return the string at `offset`. What is not UTF-8 becomes ``\\xff``."""
        if offset == 0 and self.start == self.end:
            return ""  # no table: every name is empty
        start = self.start + offset
        if not self.start <= start < self.end:
            raise Damaged(f"a string at byte {offset:#x} of a table of {self.end - self.start:#x}")
        stop = self._data.find(b"\0", start, min(self.end, start + MAX_STRING + 1))
        if stop < 0:
            raise Damaged(f"a string at byte {start:#x} that does not end")
        self._tables.spend(stop - start)
        return self._data[start:stop].decode("utf-8", "backslashreplace")


class Tables:
    """The header of an ELF file and its tables, each read when it is asked for."""

    def __init__(self, data: bytes) -> None:
        """:param data: the whole file. Errors are :class:`Damaged` or pyelftools' own."""
        from elftools.elf.elffile import ELFFile

        self.data = data
        self.header: Any = ELFFile(io.BytesIO(data)).header
        self.elf_class = 64 if self.header["e_ident"]["EI_CLASS"] == "ELFCLASS64" else 32
        self.little = self.header["e_ident"]["EI_DATA"] == "ELFDATA2LSB"
        self._order = "<" if self.little else ">"
        self._records = RECORDS[self.elf_class]
        self._text_left = MAX_TEXT
        self.sections = self._read_sections()
        self.segments = self._read_segments()
        self._check_whole()
        self.dynamic = self._read_dynamic()
        self.dynamic_strings = self._read_dynamic_strings()

    def spend(self, size: int) -> None:
        """Take `size` bytes off what all strings together may have."""
        self._text_left -= size
        if self._text_left < 0:
            raise Damaged(f"names of more than {MAX_TEXT} bytes")

    # Headers

    def _read_sections(self) -> list[SectionHeader]:
        start, count = self.header["e_shoff"], self.header["e_shnum"]
        if start == 0:
            return []
        layout = struct.Struct(self._order + self._records.section)
        self._same_size("e_shentsize", layout)
        if count == 0:  # it does not fit into 16 bits: the first section's size is the count
            count = SectionHeader(*layout.unpack(self.part(start, layout.size))).size
        view = self.part(start, count * layout.size, "the table of sections")
        self._at_most(count, MAX_SECTIONS, "sections")
        return [SectionHeader(*fields) for fields in layout.iter_unpack(view)]

    def _read_segments(self) -> list[Segment]:
        start, count = self.header["e_phoff"], self.header["e_phnum"]
        if start == 0 or count == 0:
            return []
        layout = struct.Struct(self._order + self._records.segment)
        self._same_size("e_phentsize", layout)
        if count == 0xFFFF and self.sections:  # PN_XNUM
            count = self.sections[0].info
        view = self.part(start, count * layout.size, "the table of segments")
        self._at_most(count, MAX_SEGMENTS, "segments")
        places = self._records.segment_fields
        return [Segment(*(row[place] for place in places)) for row in layout.iter_unpack(view)]

    def _check_whole(self) -> None:
        """A file that was cut off lacks what its headers promise."""
        for section in self.sections[1:]:
            if section.type != SHT_NOBITS:
                self.part(section.offset, section.size, "a section")
        if not self.sections:
            for segment in self.segments:
                if segment.type == PT_LOAD:
                    self.part(segment.offset, segment.file_size, "a segment")

    def section_names(self) -> Strings:
        """The string table that section headers' names are in."""
        index = self.header["e_shstrndx"]
        if index == 0xFFFF and self.sections:  # SHN_XINDEX
            index = self.sections[0].link
        return self.strings(index)

    def strings(self, index: int) -> Strings:
        """The string table that is section `index`; 0 means none."""
        if index == 0 or not self.sections:
            return Strings(self, 0, 0)
        if index >= len(self.sections):
            raise Damaged(f"names in section {index} of {len(self.sections)}")
        section = self.sections[index]
        if section.type == SHT_NOBITS:
            return Strings(self, 0, 0)
        return Strings(self, section.offset, section.offset + section.size)

    # What the loader reads

    def segment_data(self, kind: int) -> memoryview:
        """The bytes of the first segment of a kind; none if there is no such segment."""
        for segment in self.segments:
            if segment.type == kind:
                if self._in_another_file(segment):
                    break
                return self.part(segment.offset, segment.file_size, "a segment")
        return memoryview(b"")

    def _in_another_file(self, segment: Segment) -> bool:
        """Whether this is a file of debug information whose segments' bytes were left out:
        ``objcopy --only-keep-debug`` makes the sections that had them SHT_NOBITS."""
        return any(
            section.type == SHT_NOBITS
            and section.address == segment.address
            and section.size
            and not section.flags & SHF_TLS  # .tbss takes no room: it may share an address
            for section in self.sections
        )

    def _read_dynamic(self) -> list[tuple[int, int]]:
        layout = struct.Struct(self._order + self._records.dynamic)
        view = self.segment_data(PT_DYNAMIC)
        entries: list[tuple[int, int]] = []
        for tag, value in layout.iter_unpack(view[: len(view) // layout.size * layout.size]):
            if tag == DT_NULL:
                break
            entries.append((tag, value))
            self._at_most(len(entries), MAX_DYNAMIC, "dynamic entries")
        return entries

    def _read_dynamic_strings(self) -> Strings:
        place, size = self.tag(DT_STRTAB), self.tag(DT_STRSZ)
        if place is None:
            return Strings(self, 0, 0)
        start, end = self.at(place)
        return Strings(self, start, end if size is None else min(end, start + size))

    def tag(self, wanted: int) -> int | None:
        """The value of the last dynamic entry with this tag, as the loader takes it."""
        return next((value for tag, value in reversed(self.dynamic) if tag == wanted), None)

    def at(self, address: int) -> tuple[int, int]:
        """Where in the file an address of the loaded program is, and where its segment ends."""
        for segment in self.segments:
            if segment.type == PT_LOAD and 0 <= address - segment.address < segment.file_size:
                end = min(segment.offset + segment.file_size, len(self.data))
                start = segment.offset + address - segment.address
                if start < end:
                    return start, end
        raise Damaged(f"a table at address {address:#x}, which the file does not fill")

    def dynamic_symbols(self) -> Iterator[SymbolEntry]:
        """The symbols that the loader sees; none in a file that is not linked dynamically."""
        place = self.tag(DT_SYMTAB)
        if place is None:
            return iter(())
        size = struct.calcsize("=" + self._records.symbol)
        for section in self.sections:  # the loader needs no count, but section headers have it
            if section.type == SHT_DYNSYM and section.address == place:
                count = section.size // size
                break
        else:
            count = self._count_by_hash()
        return self._symbols(self.at(place)[0], count)

    def symbols(self, kind: int) -> Iterator[tuple[SymbolEntry, Strings]]:
        """The symbols of each section of a kind, each with the table that has its name."""
        for section in self.sections:
            if section.type == kind:
                count = section.size // struct.calcsize("=" + self._records.symbol)
                names = self.strings(section.link)
                for entry in self._symbols(section.offset, count):
                    yield entry, names

    def _symbols(self, start: int, count: int) -> Iterator[SymbolEntry]:
        self._at_most(count, MAX_SYMBOLS, "symbols")
        layout = struct.Struct(self._order + self._records.symbol)
        rows = layout.iter_unpack(self.part(start, count * layout.size, "a table of symbols"))
        if self.elf_class == 64:
            return map(SymbolEntry._make, rows)
        places = self._records.symbol_fields
        return (SymbolEntry(*(row[place] for place in places)) for row in rows)

    def _count_by_hash(self) -> int:
        """How many dynamic symbols there are, by a hash table that must reach them all."""
        if (place := self.tag(DT_GNU_HASH)) is not None:
            start, end = self.at(place)
            buckets, first, bloom, _ = self._unpack("4I", start)
            self._at_most(buckets, MAX_SYMBOLS, "buckets")
            table = start + 16 + bloom * self._records.word
            last = max(self._unpack(f"{buckets}I", table), default=0)
            if last < first:
                return first
            chain = table + 4 * buckets
            while not self._unpack("I", chain + 4 * (last - first))[0] & 1:  # 1 ends a chain
                last += 1
                self._at_most(last, MAX_SYMBOLS, "symbols")
            return last + 1
        if (place := self.tag(DT_HASH)) is not None:
            return self._unpack("2I", self.at(place)[0])[1]
        return 0

    def symbol_versions(self, count: int) -> tuple[int, ...]:
        """For each of `count` dynamic symbols the index of its version; nothing if unversioned."""
        place = self.tag(DT_VERSYM)
        return () if place is None else self._unpack(f"{count}H", self.at(place)[0])

    def defined_versions(self) -> dict[int, str]:
        """The versions that the file gives its symbols, by index."""
        names: dict[int, str] = {}
        for here, (_, flags, index, _, _, aux, _) in self._chain(DT_VERDEF, "4H3I", 6):
            if not flags & VER_FLG_BASE:  # the base version is the file's own name
                names[index & 0x7FFF] = self.dynamic_strings.text(self._unpack("2I", here + aux)[0])
        return names

    def needed_versions(self) -> dict[int, str]:
        """The versions that the file requires of others' symbols, by index."""
        names: dict[int, str] = {}
        seen = 0
        for here, (_, count, _, aux, _) in self._chain(DT_VERNEED, "2H3I", 4):
            place = here + aux
            for _ in range(count):
                _, _, index, name, step = self._unpack("I2H2I", place)
                names[index & 0x7FFF] = self.dynamic_strings.text(name)
                seen += 1
                self._at_most(seen, MAX_VERSIONS, "versions")
                if step == 0:
                    break
                place += step
        return names

    def _chain(self, tag: int, layout: str, next_field: int) -> Iterator[tuple[int, Any]]:
        """Each record of a chain, with its place. Steps are unsigned: a chain cannot go back."""
        if (address := self.tag(tag)) is None:
            return
        place = self.at(address)[0]
        for _ in range(MAX_VERSIONS):
            record = self._unpack(layout, place)
            yield place, record
            if record[next_field] == 0:
                return
            place += record[next_field]
        raise Damaged(f"more than {MAX_VERSIONS} versions")

    # Notes

    def build_id(self) -> bytes:
        """The build id, or nothing."""
        rows = [(s.offset, s.size, s.align) for s in self.sections if s.type == SHT_NOTE]
        if not self.sections:
            rows = [(s.offset, s.file_size, s.align) for s in self.segments if s.type == PT_NOTE]
        left = MAX_NOTES
        for start, size, align in rows:
            end = start + size
            while start + 12 <= end:
                name_size, size, kind = self._unpack("3I", start)
                name = start + 12
                content = _round_up(name + name_size - start, align) + start
                if content + size > end:
                    raise Damaged(f"a note at byte {start:#x} that is larger than its section")
                if kind == NT_GNU_BUILD_ID and self.data[name : name + name_size] == b"GNU\0":
                    self._at_most(size, MAX_STRING, "bytes of build id")
                    return self.data[content : content + size]
                start = _round_up(content + size - start, align) + start
                left -= 1
                self._at_most(-left, 0, "notes")
        return b""

    # Bytes

    def part(self, start: int, size: int, what: str = "a table") -> memoryview:
        """A part of the file that has to be there."""
        if start + size > len(self.data):
            raise Damaged(
                f"{what} of {size} bytes at byte {start:#x} of a file of {len(self.data)}"
            )
        return memoryview(self.data)[start : start + size]

    def _unpack(self, layout: str, start: int) -> tuple[int, ...]:
        layout = self._order + layout
        return struct.unpack(layout, self.part(start, struct.calcsize(layout)))

    def _same_size(self, field: str, layout: struct.Struct) -> None:
        if self.header[field] != layout.size:
            raise Damaged(f"{field} is {self.header[field]}, not {layout.size}")

    def _at_most(self, count: int, bound: int, what: str) -> None:
        if count > bound:
            raise Damaged(f"more than {bound} {what}")


def _round_up(size: int, align: int) -> int:
    """Notes are padded to 4 bytes, or to 8 where the section says so."""
    step = 8 if align == 8 else 4
    return -(-size // step) * step
