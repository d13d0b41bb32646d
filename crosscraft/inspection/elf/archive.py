"""The members of a static library: an ar archive.

Source: ar(5) of the BSDs for the header; for long names and for thin archives the GNU
binutils' manual and ``include/aout/ar.h``. Nothing in the standard library or on PyPI that we
would depend on reads it, and it is a header of sixty bytes per member.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from crosscraft.errors import CrosscraftError

__all__ = ["MAX_MEMBER", "MAX_MEMBERS", "members"]

MAX_MEMBERS = 100_000
"""The most members that are read. The C library has some 2,000."""
MAX_MEMBER = 2**30
"""The largest member that is read, in bytes. One is in memory at a time."""
_MAGIC, _THIN = b"!<arch>\n", b"!<thin>\n"
_HEADER = 60
_INDEXES = ("/", "/SYM64/", "__.SYMDEF", "__.SYMDEF SORTED")
"""The names of members that are indexes of the archive's symbols."""


def members(file: bytes | BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each member, in order. Indexes are left out.

    :param file: the archive, or an open file that can seek.
    :raises CrosscraftError: if it is not an archive, or not a whole one.
    """
    try:
        yield from _members(file)
    except (OSError, ValueError) as error:
        raise CrosscraftError(
            f"not a static library, or not a whole one: {error}",
            remedy="Look at it with `ar t`, and get it anew from where it comes from.",
        ) from None


def _members(file: bytes | BinaryIO) -> Iterator[tuple[str, bytes]]:
    stream = io.BytesIO(file) if isinstance(file, bytes) else file
    end = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    magic = stream.read(len(_MAGIC))
    if magic == _THIN:
        raise ValueError("it is a thin archive, which names its members but does not hold them")
    if magic != _MAGIC:
        raise ValueError(f"it does not begin with {_MAGIC!r}")
    names = b""
    place = len(_MAGIC)
    for _ in range(MAX_MEMBERS):
        if place >= end:
            return
        stream.seek(place)
        header = stream.read(_HEADER)
        if len(header) < _HEADER or header[58:] != b"`\n":
            raise ValueError(f"no member's header at byte {place}")
        size = _number(header[48:58], place)
        if size > MAX_MEMBER or place + _HEADER + size > end:
            raise ValueError(f"a member of {size} bytes at byte {place} of {end}")
        content = stream.read(size)
        if len(content) < size:
            raise ValueError(f"it ends within the member at byte {place}")
        place += _HEADER + size + size % 2  # members begin at even bytes
        name = header[:16].rstrip(b" ")
        if name == b"//":  # the names that are too long for the header
            names = content
        elif name.startswith(b"#1/"):  # BSD: the name comes before the content
            length = min(_number(name[3:], place), size)
            yield _text(content[:length].rstrip(b"\0")), content[length:]
        elif (said := _text(_long(name, names))) not in _INDEXES:
            yield said, content
    raise ValueError(f"it has more than {MAX_MEMBERS} members")


def _long(name: bytes, names: bytes) -> bytes:
    """The name itself, which ends with a slash, or the one that ``/123`` refers to."""
    if name[:1] != b"/" or not name[1:].isdigit():
        return name if name.startswith(b"/") else name.removesuffix(b"/")
    start = int(name[1:])
    stop = names.find(b"\n", start)
    if start >= len(names) or stop < 0:
        raise ValueError(f"no name at {start} of the table of long names")
    return names[start:stop].removesuffix(b"/")


def _number(field: bytes, place: int) -> int:
    digits = field.strip()
    if not digits.isdigit():
        raise ValueError(f"{field!r} is no number, in the header before byte {place}")
    return int(digits)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
