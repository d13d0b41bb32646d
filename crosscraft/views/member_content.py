"""Convert one member of a package to blocks: text, facts about a binary, or the first bytes."""

from __future__ import annotations

import io

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf, machine_code
from crosscraft.inspection.elf import archive
from crosscraft.views import binary_content
from crosscraft.views.blocks import Block, Paragraph, Source, Table, Varies, cut, number

__all__ = ["LINES", "TEXT", "is_binary", "member"]

TEXT = 64 * 2**10
"""The maximum number of bytes shown of a text."""

LINES = 1000
"""The maximum number of lines shown of a text."""

_FIRST = 256
"""The maximum number of bytes shown of other files."""

_OBJECTS = 200
"""The maximum number of objects shown of a static library."""

_ELF, _AR = b"\x7fELF", b"!<arch>\n"


def member(name: str, data: bytes, size: int) -> tuple[Block, ...]:
    """Return the content of the file `name`, which has `size` bytes.

    :param data: at least the first :data:`TEXT` bytes, or the whole content of a binary.
    """
    if data.startswith(_ELF):
        facts = elf.read(data)
        return (binary_content.facts(name, facts), *binary_content.sections(facts, size))
    if data.startswith(_AR):
        return _archive(name, data)
    text = _text(data[:TEXT], whole=size <= TEXT)
    if text is None:
        shown, note = data[:_FIRST], ""
        if size > _FIRST:
            note = f"The first {_FIRST} of {number(size)} bytes."
        starts = range(0, len(shown), 16)
        dump = "\n".join(f"{at:04x}  {shown[at : at + 16].hex(' ')}" for at in starts)
        code = machine_code.find(data)
        what = code.text if code else "neither text nor a binary"
        return (Source(f"{name}: {what}", dump, note),)
    lines, note = cut(text.split("\n"), LINES, "lines")
    if size > TEXT:
        note = f"The first {number(TEXT)} of {number(size)} bytes. {note}".rstrip()
    return (Source(f"{name}, {number(size)} bytes", "\n".join(lines), note),)


def is_binary(head: bytes) -> bool:
    """Whether a file with this `head` is a binary, which :func:`member` needs completely."""
    return head.startswith((_ELF, _AR))


def _text(data: bytes, whole: bool) -> str | None:
    if b"\0" in data:
        return None
    try:
        # A cut text may end within a character.
        return data.decode("utf-8") if whole else data.decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return None


def _archive(name: str, data: bytes) -> tuple[Block, ...]:
    rows: list[tuple[str, str, str]] = []
    for inner, content in archive.members(io.BytesIO(data)):
        code = machine_code.find_object(content)
        machine = code.text if code else "not an ELF file"
        if content.startswith(_ELF) and len(rows) < _OBJECTS:
            try:
                machine = elf.read(content).machine
            except CrosscraftError as error:
                machine = error.what
        rows.append((inner, Varies(number(len(content))), machine))
    shown, note = cut(rows, _OBJECTS, "objects")
    head = ("object", "bytes", "machine")
    return (
        Paragraph("A static library contains objects. The linker copies those it needs."),
        Table(f"{name}: objects", head, shown, note, (1,), (0,)),
    )
