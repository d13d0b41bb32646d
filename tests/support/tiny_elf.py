"""A small shared library made by hand, of any width and byte order, to be damaged at will."""

from __future__ import annotations

import struct
from dataclasses import dataclass

STRINGS = (
    b"\0area\0libc.so.6\0libarea.so.1\0GLIBC_2.34\0GLIBC_2.4\0GLIBC_PRIVATE\0$ORIGIN/..:/opt\0"
)
NAMES = (
    b"\0.dynstr\0.dynsym\0.dynamic\0.gnu.version\0.gnu.version_r\0.note.gnu.build-id\0.shstrtab\0"
)
BUILD_ID = bytes(range(20))


@dataclass
class Tiny:
    """The file, and where in it each table begins."""

    data: bytearray
    at: dict[str, int]
    order: str

    def put(self, place: int, layout: str, *values: int) -> None:
        """Write numbers over what is there."""
        struct.pack_into(self.order + layout, self.data, place, *values)


def make(bits: int = 64, order: str = "<", machine: int = 62, *, sections: bool = True) -> Tiny:
    """Return a library that exports `area`, with one PT_LOAD in which addresses are offsets."""
    word, wide = ("Q", True) if bits == 64 else ("I", False)
    header, program_header, section_header = (64, 56, 64) if wide else (52, 32, 40)

    def pack(layout: str, *values: int) -> bytes:
        return struct.pack(order + layout.replace("A", word), *values)

    def text(name: bytes, table: bytes = STRINGS) -> int:
        return table.index(b"\0" + name + b"\0") + 1

    def symbol(name: int, info: int, section: int, value: int, size: int) -> bytes:
        if wide:
            return pack("IBBHQQ", name, info, 0, section, value, size)
        return pack("IIIBBH", name, value, size, info, 0, section)

    at: dict[str, int] = {}
    body = bytearray(header + 3 * program_header)

    def add(name: str, content: bytes) -> None:
        body.extend(bytes(-len(body) % 8))
        at[name] = len(body)
        body.extend(content)

    add("strings", STRINGS)
    add("symbols", symbol(0, 0, 0, 0, 0) + symbol(text(b"area"), 0x12, 1, 0x40, 8))
    add("hash", pack("IIIIII", 1, 2, 1, 0, 0, 0))
    add("indices", pack("HH", 0, 1))
    needs = (b"GLIBC_2.4", b"GLIBC_PRIVATE", b"GLIBC_2.34")
    steps = (16, 16, 0)
    add(
        "needs",
        pack("HHIII", 1, 3, text(b"libc.so.6"), 16, 0)
        + b"".join(
            pack("IHHII", 0, 0, 2 + place, text(name), step)
            for place, (name, step) in enumerate(zip(needs, steps, strict=True))
        ),
    )
    add("note", pack("III", 4, 20, 3) + b"GNU\0" + BUILD_ID)
    entries = (
        (1, text(b"libc.so.6")),
        (14, text(b"libarea.so.1")),
        (29, text(b"$ORIGIN/..:/opt")),
        (5, at["strings"]),
        (10, len(STRINGS)),
        (6, at["symbols"]),
        (4, at["hash"]),
        (0x6FFFFFF0, at["indices"]),
        (0x6FFFFFFE, at["needs"]),
        (0x6FFFFFFF, 1),
        (0, 0),
    )
    add("dynamic", b"".join(pack("AA", *entry) for entry in entries))
    add("names", NAMES)
    end = len(body)
    rows = (
        (b"", 0, 0, 0, 0, 0, 0),
        (b".dynstr", 3, at["strings"], len(STRINGS), 0, 0, 0),
        (b".dynsym", 11, at["symbols"], 48 if wide else 32, 1, 1, 24 if wide else 16),
        (b".gnu.version", 0x6FFFFFFF, at["indices"], 4, 2, 0, 2),
        (b".gnu.version_r", 0x6FFFFFFE, at["needs"], 64, 1, 1, 0),
        (b".note.gnu.build-id", 7, at["note"], 36, 0, 0, 0),
        (b".dynamic", 6, at["dynamic"], len(entries) * (16 if wide else 8), 1, 0, 0),
        (b".shstrtab", 3, at["names"], len(NAMES), 0, 0, 0),
    )
    if sections:
        add(
            "sections",
            b"".join(
                pack("IIAAAAIIAA", text(name, NAMES) if name else 0, kind, 2 if place else 0,
                     place, place, size, link, info, 4, entry)
                for name, kind, place, size, link, info, entry in rows
            ),
        )  # fmt: skip
    at["segments"] = header
    loads = ((1, 0, end), (2, at["dynamic"], len(entries) * (16 if wide else 8)))
    loads = (*loads, (4, at["note"], 36))
    segments = b"".join(
        pack("IIQQQQQQ", kind, 4, place, place, place, size, size, 4)
        if wide
        else pack("IIIIIIII", kind, place, place, place, size, size, 4, 4)
        for kind, place, size in loads
    )
    body[header : header + len(segments)] = segments
    ident = b"\x7fELF" + bytes((2 if wide else 1, 1 if order == "<" else 2, 1)) + bytes(9)
    body[:header] = ident + pack(
        "HHIAAAIHHHHHH", 3, machine, 1, 0, header, at.get("sections", 0), 0, header,
        program_header, 3, section_header, len(rows) if sections else 0,
        len(rows) - 1 if sections else 0,
    )  # fmt: skip
    return Tiny(body, at, order)
