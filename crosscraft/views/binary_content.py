"""Convert facts about one binary to blocks: header, sections, symbols, instructions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crosscraft.inspection import elf
from crosscraft.views.blocks import (
    Bar,
    Block,
    Paragraph,
    Picture,
    Source,
    Table,
    Varies,
    cut,
    number,
)
from crosscraft.views.sections import purpose

if TYPE_CHECKING:
    from crosscraft.inspection.elf import Elf, Section
    from crosscraft.inspection.elf.disassembly import Instruction
    from crosscraft.inspection.elf.header import HeaderField

__all__ = ["SECTIONS", "SYMBOLS", "facts", "header", "instructions", "matching", "sections"]
__all__ += ["symbols"]

SECTIONS = 200
"""The maximum number of sections shown. Builds with a section per function have thousands."""

SYMBOLS = 200
"""The maximum number of symbols shown."""


def facts(name: str, binary: Elf) -> Table:
    """Return the facts about the file `name`, without its sections and symbols."""
    platform = elf.platform_of(binary)
    rows = [
        ("class", elf.class_text(binary)),
        ("byte order", elf.endianness_text(binary)),
        ("type", elf.type_text(binary)),
        ("machine", f"{elf.machine_text(binary)} ({binary.machine})"),
        ("platform", platform.subdir if platform else "not in the table of platforms"),
        ("SONAME", binary.soname or "none"),
        ("needs", ", ".join(binary.needed) or "nothing"),
        (
            "requires at least",
            ", ".join(f"{family} {least}" for family, least in sorted(binary.requires.items()))
            or "no particular version",
        ),
        ("RPATH", ":".join(binary.rpath) or "none"),
        ("RUNPATH", ":".join(binary.runpath) or "none"),
        ("loader", binary.interpreter or "none: it is not a program"),
        ("build ID", Varies(binary.build_id or "none")),
        ("symbols for debuggers", "removed" if binary.stripped else "present"),
        ("Python loads it by", ", ".join(binary.init_symbols) or "nothing: not an extension"),
    ]
    return Table(f"{name}: facts", ("field", "value"), rows, code=(1,))


def sections(binary: Elf, total: int, chosen: Section | None = None) -> tuple[Block, ...]:
    """Return the sections of a file of `total` bytes as a picture to scale and as a table."""
    shown, note = cut(binary.sections, SECTIONS, "sections")
    rows, bars, marked = [], [], None
    for place, one in enumerate(shown):
        kind, meaning = purpose(one.name)
        # .bss takes space in memory, but not in the file.
        size = 0 if one.type == "SHT_NOBITS" else one.size
        share = f"{size / total:.1%}" if total else ""
        rows.append(
            (
                one.name or "(no name)",
                kind,
                Varies(f"{one.offset:#x}"),
                Varies(number(one.size)),
                Varies(share),
                one.flags,
                meaning,
            )
        )
        if one is chosen:
            marked = place
        bars.append(Bar(one.name, kind, one.offset, size, one is chosen))
    head = ("section", "kind", "begins at", "bytes", "of the file", "flags", "what it is for")
    return (
        Picture("Sections, drawn to scale", tuple(bars), total),
        Table("Sections", head, rows, note, (2, 3, 4), (0,), marked, prose=True),
        Paragraph(
            "Flags: A is loaded into memory, X is executable, W is writable, M and S may be merged "
            "with equal strings, I has information about another section, T is per thread."
        ),
    )


def header(fields: Sequence[HeaderField], chosen: HeaderField | None = None) -> tuple[Block, ...]:
    """Return the ELF header byte by byte, with the meaning of each field."""
    raw = b"".join(field.raw for field in fields)
    rows = [
        (
            place(field),
            Varies(field.raw.hex(" ")) if _varies(field) else field.raw.hex(" "),
            field.name,
            Varies(field.value) if _varies(field) else field.value,
            Varies(field.meaning) if _varies(field) else field.meaning,
        )
        for field in fields
    ]
    marked = fields.index(chosen) if chosen else None
    head = ("bytes", "in hexadecimal", "field", "value", "meaning")
    return (
        Source("The header, 16 bytes a line", _dump(raw, chosen), varies=True),
        Table("The header, field by field", head, rows, code=(1, 2), marked=marked, prose=True),
    )


def place(field: HeaderField) -> str:
    """Return the bytes that a field takes, such as ``18-19``."""
    last = field.offset + field.size - 1
    return f"{field.offset:02}" if field.size == 1 else f"{field.offset:02}-{last:02}"


def _varies(field: HeaderField) -> bool:
    """Whether the value may differ in another build: the places and sizes of tables."""
    return field.name in ("e_entry", "e_phoff", "e_shoff", "e_phnum", "e_shnum", "e_shstrndx")


def _dump(raw: bytes, chosen: HeaderField | None) -> str:
    """Return a dump with 16 bytes a line and the chosen field in brackets."""
    first = chosen.offset if chosen else -1
    last = first + chosen.size - 1 if chosen else -1
    lines = []
    for start in range(0, len(raw), 16):
        line = f"{start:04x} "
        for offset, byte in enumerate(raw[start : start + 16], start):
            before = "[" if offset == first else "]" if last >= 0 and offset == last + 1 else " "
            line += f"{before}{byte:02x}"
        end = min(start + 16, len(raw)) - 1
        lines.append(line + ("]" if last == end else ""))
    return "\n".join(lines)


def matching(binary: Elf, text: str) -> list[elf.Symbol]:
    """Return the exported symbols with `text` in their mangled or plain name, in any case."""
    wanted = text.casefold()
    return [
        one
        for one in binary.exported
        if wanted in one.demangled.casefold() or wanted in one.name.casefold()
    ]


def symbols(binary: Elf, text: str = "", limit: int = SYMBOLS) -> tuple[Block, ...]:
    """Return the exported symbols with `text` in their name."""
    found = matching(binary, text)
    shown, note = cut(found, limit, "symbols")
    rows = [
        (
            one.demangled,
            one.type.removeprefix("STT_").lower(),
            one.binding.removeprefix("STB_").lower(),
            Varies(f"{one.address:#x}"),
            Varies(number(one.size)),
            one.version,
        )
        for one in shown
    ]
    of = f" with {text!r} in their name" if text else ""
    caption = f"Exported symbols{of}: {number(len(found))}"
    head = ("name", "type", "binding", "address", "bytes", "version")
    return (Table(caption, head, rows, note, (3, 4), (0,)),)


def instructions(
    function: str,
    left: tuple[str, Sequence[Instruction]],
    right: tuple[str, Sequence[Instruction]],
    limit: int,
) -> tuple[Block, ...]:
    """Return the same function for two processors, side by side. Each side has a name."""
    rows = [
        (
            str(count),
            *(cell for one in pair for cell in _instruction(one)),
        )
        for count, pair in enumerate(itertools.zip_longest(left[1], right[1]), 1)
    ]
    cut_off = limit in (len(left[1]), len(right[1]))
    note = f"At most the first {limit} instructions are shown." if cut_off else ""
    head = ("", f"{left[0]}: bytes", "instruction", f"{right[0]}: bytes", "instruction")
    return (Table(f"{function}, its instructions", head, rows, note, code=(1, 2, 3, 4)),)


def _instruction(one: Instruction | None) -> tuple[str, str]:
    if one is None:
        return "", ""
    return Varies(one.raw.hex(" ")), Varies(f"{one.mnemonic} {one.operands}".rstrip())
