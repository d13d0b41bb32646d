"""The contents of a package's payload, from one pass over the stream."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, elf, machine_code
from crosscraft.inspection.conda_file import MAX_MEMBER, Member
from crosscraft.inspection.conda_file.stream import OnRead
from crosscraft.inspection.elf import Elf, archive
from crosscraft.inspection.machine_code import MachineCode

__all__ = [
    "AR_MAGIC", "ELF_MAGIC", "THIN_MAGIC", "Contents", "FoundFile", "examine", "one_of_each",
    "shortened",
]  # fmt: skip

ELF_MAGIC = b"\x7fELF"
"""The first bytes of an ELF file (System V ABI, chapter "Object Files")."""
AR_MAGIC = b"!<arch>\n"
"""The first bytes of a static library (ar(5))."""
THIN_MAGIC = b"!<thin>\n"
"""The first bytes of a thin archive, which contains only the paths of its members."""

_PIECE = 2**18
"""Bytes per read."""
_BEGINNING = 4096
"""Bytes that determine the kind of a file. A program for Windows may have a long one for DOS."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One entry of the payload, even if ``info/paths.json`` does not list it."""

    path: str
    """The installed path, relative to the prefix."""
    kind: Literal["file", "link", "hardlink", "directory", "other"]
    """As :attr:`crosscraft.inspection.conda_file.Member.kind`."""
    size: int | None
    """The size of the content in bytes, or None. A hard link has the size of its file."""
    sha256: str
    """The checksum of the content in hexadecimal, or empty without content."""
    mode: int
    """The permission bits: ``0o755``."""
    target: str
    """The target of a link, or empty."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The whole payload."""

    files: tuple[FoundFile, ...]
    """All entries, in the order of the archive."""
    binaries: dict[str, Elf]
    """The ELF files, and one object of each kind from each static library, by path. An object's
    path is ``lib/libm.a(sin.o)``. The facts are :func:`shortened`."""
    unread: dict[str, str]
    """The reasons why files that begin like a binary could not be read, by path."""
    foreign: dict[str, MachineCode] = dataclasses.field(default_factory=dict)
    """The machine code in other formats than ELF, by path as in `binaries`."""


_Binary = Elf | MachineCode | str
"""What a binary is, or why it cannot be read."""


def examine(path: Path | str, on_read: OnRead | None = None) -> Contents:
    """Return the contents of the package `path`. At most one file is in memory at a time.

    :param on_read: called with the position in the file, in bytes, as it is read.
    :raises CrosscraftError: if `path` is not a conda package, or is damaged.
    """
    files: list[FoundFile] = []
    binaries: dict[str, Elf] = {}
    unread: dict[str, str] = {}
    foreign: dict[str, MachineCode] = {}
    content_of: dict[str, FoundFile] = {}
    for member, content in conda_file.payload(path, on_read):
        found = FoundFile(member.path, member.kind, None, "", member.mode, member.target)
        if content is not None:
            checksum, results = _examine_file(member, content)
            found = dataclasses.replace(found, size=member.size, sha256=checksum)
            content_of[found.path] = found
            for name, facts in results:
                if isinstance(facts, str):
                    unread[name] = facts
                elif isinstance(facts, MachineCode):
                    foreign[name] = facts
                else:
                    binaries[name] = facts
        elif member.kind == "hardlink" and (first := content_of.get(member.target)):
            found = dataclasses.replace(found, size=first.size, sha256=first.sha256)
        files.append(found)
    return Contents(tuple(files), binaries, unread, foreign)


def one_of_each(static_library: BinaryIO) -> Iterator[tuple[str, _Binary]]:
    """Yield one object of each kind in a static library, with its facts or the reason for none.

    Objects are of one kind if the first 20 bytes of their ELF headers, which name the machine, are
    the same. A library has hundreds of objects, usually of one kind.

    :raises CrosscraftError: if the file is not a static library.
    """
    seen: set[bytes | MachineCode] = set()
    for name, data in archive.members(static_library):
        is_elf = data.startswith(ELF_MAGIC)
        kind = data[:20] if is_elf else machine_code.find_object(data)
        if kind and kind not in seen:
            seen.add(kind)
            yield name, _facts(data) if isinstance(kind, bytes) else kind


def shortened(facts: Elf) -> Elf:
    """Return `facts` without the sections, and with Python's init functions as the only exported
    symbols. Hundreds of these are in memory at the same time."""
    names = set(facts.init_symbols)
    kept = tuple(symbol for symbol in facts.exported if symbol.name in names)
    return dataclasses.replace(facts, sections=(), exported=kept)


def _examine_file(member: Member, content: BinaryIO) -> tuple[str, list[tuple[str, _Binary]]]:
    """Return the checksum of a file, and the facts if it is a binary. The content is released
    here, before the next file is read."""
    checksum, data = _read(member, content)
    return checksum, list(_binaries(member, data))


def _read(member: Member, content: BinaryIO) -> tuple[str, bytes]:
    """Return the checksum, and the content of a binary up to the size limit. Of any other file
    return the first bytes only."""
    checksum = hashlib.sha256()
    data = content.read(_PIECE)
    is_binary = data.startswith((ELF_MAGIC, AR_MAGIC)) and member.size <= MAX_MEMBER
    kept = io.BytesIO()  # it grows in place, and getvalue does not copy
    kept.write(b"" if is_binary else data[:_BEGINNING])
    while data:
        checksum.update(data)
        if is_binary:
            kept.write(data)
        data = content.read(_PIECE)
    return checksum.hexdigest(), kept.getvalue()


def _binaries(member: Member, data: bytes) -> Iterator[tuple[str, _Binary]]:
    if not data.startswith((ELF_MAGIC, AR_MAGIC)):
        is_object = member.path.endswith((".o", ".obj"))
        if code := machine_code.find_object(data) if is_object else machine_code.find(data):
            yield member.path, code
    elif member.size > MAX_MEMBER:
        yield member.path, f"it has {member.size} bytes, but at most {MAX_MEMBER} are examined"
    elif data.startswith(ELF_MAGIC):
        yield member.path, _facts(data)
    else:
        try:
            for name, facts in one_of_each(io.BytesIO(data)):
                yield f"{member.path}({name})", facts
        except CrosscraftError as error:
            yield member.path, error.what


def _facts(data: bytes) -> Elf | str:
    try:
        return shortened(elf.read(data))
    except CrosscraftError as error:
        return error.what
