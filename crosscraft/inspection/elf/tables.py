"""The tables of an ELF file, read within bounds.

pyelftools reads the header and knows the names of constants; the tables that the header
points to are walked here as arrays of fixed records, for two reasons. A library may have
thousands of symbols, and pyelftools' object per symbol takes several times as long as
:mod:`struct` and our own facts together. And a damaged or hostile
file may claim any size: nothing here is larger than the file itself, and no walk is longer
than a bound below.

Source: the System V ABI's "Object Files" and "Program Loading and Dynamic Linking"
chapters; symbol versions and the GNU hash table as in the Linux Standard Base's and the
GNU C library's ``elf.h``.
"""

from __future__ import annotations

import bisect
import io
import struct
from typing import Any, NamedTuple

from crosscraft.inspection.elf.strings import MAX_STRING, Allowance, Damaged, Strings

__all__ = ["SectionHeader", "Tables"]

MAX_SECTIONS = 200_000
"""The most sections that are read. A large C++ object file has some ten thousand."""
MAX_SEGMENTS = 65_536
"""The most program headers that are read; ``e_phnum`` counts to one less."""
MAX_FILE = 2**30
"""The most bytes of a file. It is held in memory while it is read."""
MAX_SYMBOLS = 2_000_000
"""The most entries of a symbol table that are walked."""
MAX_EXPORTED = 500_000
"""The most exported symbols. One of the largest libraries there are has some 100,000."""
MAX_DYNAMIC = 65_536
"""The most entries of the dynamic section that are read; a library has about thirty."""
MAX_VERSIONS = 32_768
"""The most symbol versions; their index has 15 bits."""
MAX_NOTES = 65_536
"""The most notes that are looked at for the build id."""


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


class Records(NamedTuple):
    """How the records of one ELF class look, as :mod:`struct` formats without byte order."""

    section: str
    segment: str
    segment_fields: tuple[int, ...]
    """Where type, offset, vaddr, filesz and align stand in a segment's record."""
    symbol: str
    """Name, info, other, shndx, value and size; in class 32 name, value, size, info, other,
    shndx."""
    dynamic: str
    word: int
    """Bytes of an address."""


RECORDS = {
    32: Records("10I", "8I", (0, 1, 2, 4, 7), "IIIBBH", "II", 4),
    64: Records("IIQQQQIIQQ", "IIQQQQQQ", (0, 2, 3, 5, 7), "IBBHQQ", "QQ", 8),
}

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
SHT_NOTE, SHT_NOBITS = 7, 8
SHF_TLS = 0x400
DT_NULL, DT_STRTAB, DT_STRSZ = 0, 5, 10
NT_GNU_BUILD_ID = 3


def _header(data: bytes) -> Any:
    """The header by pyelftools, without its class for a whole file: that loads all it has for
    debug information, a third of the time that `crosscraft inspect` takes."""
    from elftools.elf.structs import ELFStructs

    bits, order = {1: 32, 2: 64}.get(data[4]), {1: True, 2: False}.get(data[5])
    if bits is None or order is None:
        raise Damaged(f"a class of {data[4]} and a byte order of {data[5]}, which are not defined")
    structs = ELFStructs(little_endian=order, elfclass=bits)
    structs.create_basic_structs()
    return structs.Elf_Ehdr.parse_stream(io.BytesIO(data))


class Tables:
    """The header of an ELF file and its tables, each read when it is asked for."""

    def __init__(self, data: bytes) -> None:
        """:param data: the whole file. Errors are :class:`Damaged` or pyelftools' own."""
        self.data = data
        self.header: Any = _header(data)
        self.elf_class = 64 if self.header["e_ident"]["EI_CLASS"] == "ELFCLASS64" else 32
        self.little = self.header["e_ident"]["EI_DATA"] == "ELFDATA2LSB"
        self._order = "<" if self.little else ">"
        self.os_abi = data[7]
        (self.machine,) = self.unpack("H", 18)
        self.records = RECORDS[self.elf_class]
        self.allowance = Allowance()
        self.sections = self._read_sections()
        self.segments = self._read_segments()
        self._check_whole()
        self._loads = self._read_loads()
        self.dynamic = self._read_dynamic()
        self.dynamic_strings = self._read_dynamic_strings()

    # Headers

    def _read_sections(self) -> list[SectionHeader]:
        start, count = self.header["e_shoff"], self.header["e_shnum"]
        if start == 0:
            return []
        layout = self.layout(self.records.section)
        self._same_size("e_shentsize", layout)
        if count == 0:  # it does not fit into 16 bits: the first section's size is the count
            count = SectionHeader(*layout.unpack(self.part(start, layout.size))).size
        view = self.part(start, count * layout.size, "the table of sections")
        self.at_most(count, MAX_SECTIONS, "sections")
        return [SectionHeader(*fields) for fields in layout.iter_unpack(view)]

    def _read_segments(self) -> list[Segment]:
        start, count = self.header["e_phoff"], self.header["e_phnum"]
        if start == 0 or count == 0:
            return []
        layout = self.layout(self.records.segment)
        self._same_size("e_phentsize", layout)
        if count == 0xFFFF and self.sections:  # PN_XNUM
            count = self.sections[0].info
        view = self.part(start, count * layout.size, "the table of segments")
        self.at_most(count, MAX_SEGMENTS, "segments")
        places = self.records.segment_fields
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
            return self._strings(0, 0)
        if index >= len(self.sections):
            raise Damaged(f"names in section {index} of {len(self.sections)}")
        section = self.sections[index]
        if section.type == SHT_NOBITS:
            return self._strings(0, 0)
        return self._strings(section.offset, section.offset + section.size)

    def _strings(self, start: int, end: int) -> Strings:
        return Strings(self.data, start, end, self.allowance)

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
        layout = self.layout(self.records.dynamic)
        view = self.segment_data(PT_DYNAMIC)
        entries: list[tuple[int, int]] = []
        for tag, value in layout.iter_unpack(view[: len(view) // layout.size * layout.size]):
            if tag == DT_NULL:
                break
            entries.append((tag, value))
            self.at_most(len(entries), MAX_DYNAMIC, "dynamic entries")
        return entries

    def _read_dynamic_strings(self) -> Strings:
        place, size = self.tag(DT_STRTAB), self.tag(DT_STRSZ)
        if place is None:
            return self._strings(0, 0)
        start, end = self.at(place)
        return self._strings(start, end if size is None else min(end, start + size))

    def tag(self, wanted: int) -> int | None:
        """The value of the last dynamic entry with this tag, as the loader takes it."""
        return next((value for tag, value in reversed(self.dynamic) if tag == wanted), None)

    def at(self, address: int) -> tuple[int, int]:
        """Where in the file an address of the loaded program is, and where the file stops
        filling the addresses after it."""
        place = bisect.bisect_right(self._loads, address, key=lambda load: load[0]) - 1
        if place >= 0:
            first, offset, size = self._loads[place]
            start, end = offset + address - first, min(offset + size, len(self.data))
            if start < end:
                return start, end
        raise Damaged(f"a table at address {address:#x}, which the file does not fill")

    def _read_loads(self) -> list[tuple[int, int, int]]:
        """What is loaded: address, offset and size, by address. Segments that go on where
        another ends are one: patchelf puts tables across such a border."""
        loads: list[tuple[int, int, int]] = []
        loaded = [s for s in self.segments if s.type == PT_LOAD]
        for segment in sorted(loaded, key=lambda s: s.address):
            if loads:
                address, offset, size = loads[-1]
                if (segment.address, segment.offset) == (address + size, offset + size):
                    loads[-1] = (address, offset, size + segment.file_size)
                    continue
            loads.append((segment.address, segment.offset, segment.file_size))
        return loads

    # Notes

    def build_id(self) -> bytes:
        """The build id, or nothing."""
        areas = [(s.offset, s.size, s.align) for s in self.sections if s.type == SHT_NOTE]
        if not self.sections:
            areas = [(s.offset, s.file_size, s.align) for s in self.segments if s.type == PT_NOTE]
        seen = 0
        for start, size, align in areas:
            end = start + size
            place = start
            while place + 12 <= end:
                seen += 1
                self.at_most(seen, MAX_NOTES, "notes")
                name_size, content_size, kind = self.unpack("3I", place)
                name = place + 12
                content = place + _round_up(12 + name_size, align)
                if content + content_size > end:
                    raise Damaged(f"a note at byte {place:#x} that is larger than its section")
                if kind == NT_GNU_BUILD_ID and self.data[name : name + name_size] == b"GNU\0":
                    self.at_most(content_size, MAX_STRING, "bytes of build id")
                    return bytes(self.part(content, content_size))
                place = content + _round_up(content_size, align)
        return b""

    # Bytes

    def part(self, start: int, size: int, what: str = "a table") -> memoryview:
        """A part of the file that has to be there."""
        if start + size > len(self.data):
            raise Damaged(
                f"{what} of {size} bytes at byte {start:#x} of a file of {len(self.data)}"
            )
        return memoryview(self.data)[start : start + size]

    def layout(self, format: str) -> struct.Struct:
        """A record in the byte order of the file."""
        return struct.Struct(self._order + format)

    def unpack(self, format: str, start: int) -> tuple[int, ...]:
        """One record that has to be there."""
        layout = self.layout(format)
        return layout.unpack(self.part(start, layout.size))

    def _same_size(self, field: str, layout: struct.Struct) -> None:
        if self.header[field] != layout.size:
            raise Damaged(f"{field} is {self.header[field]}, not {layout.size}")

    def at_most(self, count: int, bound: int, what: str) -> None:
        """Refuse what is beyond a bound."""
        if count > bound:
            raise Damaged(f"more than {bound} {what}")


def _round_up(size: int, align: int) -> int:
    """Notes are padded to 4 bytes, or to 8 where the section says so."""
    step = 8 if align == 8 else 4
    return -(-size // step) * step
