"""What a package's payload holds, found by streaming through it once."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, elf
from crosscraft.inspection.conda_file import MAX_MEMBER, Member
from crosscraft.inspection.conda_file.stream import OnRead
from crosscraft.inspection.elf import Elf, archive

__all__ = [
    "AR_MAGIC",
    "ELF_MAGIC",
    "THIN_MAGIC",
    "Contents",
    "FoundFile",
    "examine",
    "one_of_each",
    "shortened",
]

ELF_MAGIC = b"\x7fELF"
"""How an ELF file begins: the System V ABI's "Object Files" chapter."""
AR_MAGIC = b"!<arch>\n"
"""How a static library begins: ar(5)."""
THIN_MAGIC = b"!<thin>\n"
"""How one begins that holds the paths of its members in place of themselves."""

_PIECE = 2**18
"""Bytes that are read in one go."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One thing that is there, whatever ``info/paths.json`` says."""

    path: str
    """Where it goes, relative to the prefix."""
    kind: Literal["file", "link", "hardlink", "directory", "other"]
    """As :attr:`crosscraft.inspection.conda_file.Member.kind`."""
    size: int | None
    """Size of its content in bytes; None if it has none. A hard link has that of its file."""
    sha256: str
    """Checksum of its content in hexadecimal; empty if it has none."""
    mode: int
    """Its permission bits: ``0o755``."""
    target: str
    """Where a link leads; empty if it is none."""


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is there."""

    files: tuple[FoundFile, ...]
    """Everything, in the order of the archive."""
    binaries: dict[str, Elf]
    """The ELF files, and of each static library one object of each kind, by path (an object's is
    ``lib/libm.a(sin.o)``). They are :func:`shortened`."""
    unread: dict[str, str]
    """Why a file that begins like a binary could not be read as one, by path."""


def examine(path: Path | str, on_read: OnRead | None = None) -> Contents:
    """Stream through the payload of the package `path`. One file at most is held in memory.

    :param on_read: called with the position in the file, in bytes, as it is read.
    :raises CrosscraftError: if it is not a conda package, or is damaged.
    """
    files: list[FoundFile] = []
    binaries: dict[str, Elf] = {}
    unread: dict[str, str] = {}
    content_of: dict[str, FoundFile] = {}
    for member, content in conda_file.payload(path, on_read):
        found = FoundFile(member.path, member.kind, None, "", member.mode, member.target)
        if content is not None:
            checksum, told = _told(member, content)
            found = dataclasses.replace(found, size=member.size, sha256=checksum)
            content_of[found.path] = found
            for name, one in told:
                if isinstance(one, str):
                    unread[name] = one
                else:
                    binaries[name] = one
        elif member.kind == "hardlink" and (first := content_of.get(member.target)):
            found = dataclasses.replace(found, size=first.size, sha256=first.sha256)
        files.append(found)
    return Contents(tuple(files), binaries, unread)


def one_of_each(static_library: BinaryIO) -> Iterator[tuple[str, Elf | str]]:
    """Yield objects of a static library, one of each kind, with its facts or why it has none.

    Objects are of a kind if the bytes are the same that say which machine they are for: the
    first 20 of an ELF header. Those are hundreds in one library, as a rule of one kind.

    :raises CrosscraftError: if it is no static library.
    """
    seen = set()
    for name, data in archive.members(static_library):
        if data.startswith(ELF_MAGIC) and data[:20] not in seen:
            seen.add(data[:20])
            yield name, _facts(data)


def shortened(facts: Elf) -> Elf:
    """Return `facts` without the sections, and of the exported symbols only those by which
    Python loads an extension: what is kept of hundreds of binaries at once."""
    names = set(facts.init_symbols)
    kept = tuple(symbol for symbol in facts.exported if symbol.name in names)
    return dataclasses.replace(facts, sections=(), exported=kept)


def _told(member: Member, content: BinaryIO) -> tuple[str, list[tuple[str, Elf | str]]]:
    """Return the checksum, and what the file is if it is a binary. Its content is let go here,
    before the next file is read."""
    checksum, data = _read(member, content)
    return checksum, list(_binaries(member, data))


def _read(member: Member, content: BinaryIO) -> tuple[str, bytes]:
    """Return the checksum, and the content if it is a binary's that can be held: of anything
    else the first bytes alone."""
    checksum = hashlib.sha256()
    data = content.read(_PIECE)
    held = data.startswith((ELF_MAGIC, AR_MAGIC)) and member.size <= MAX_MEMBER
    kept = io.BytesIO()  # it grows in place, and gives its bytes away without a copy
    kept.write(b"" if held else data[:8])
    while data:
        checksum.update(data)
        if held:
            kept.write(data)
        data = content.read(_PIECE)
    return checksum.hexdigest(), kept.getvalue()


def _binaries(member: Member, data: bytes) -> Iterator[tuple[str, Elf | str]]:
    if not data.startswith((ELF_MAGIC, AR_MAGIC)):
        return
    if member.size > MAX_MEMBER:
        yield member.path, f"it has {member.size} bytes; at most {MAX_MEMBER} are examined"
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
