"""The members of a static library: an ar archive.

Sources: ar(5) of the BSDs for the header, GNU binutils' manual and ``include/aout/ar.h`` for long
names and thin archives, and Microsoft's "PE Format" for libraries for Windows. The format is a
header of sixty bytes per member, so this module reads it without a dependency.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from crosscraft.errors import CrosscraftError

__all__ = ["MAX_MEMBER", "MAX_MEMBERS", "members"]

MAX_MEMBERS = 100_000
"""Most members to read. The C library has some 2,000."""
MAX_MEMBER = 2**30
"""Most bytes of a member. One member is in memory at a time."""
_MAGIC, _THIN = b"!<arch>\n", b"!<thin>\n"
_HEADER = 60
_INDEXES = ("/", "/SYM64/", "__.SYMDEF", "__.SYMDEF SORTED")
"""The names of symbol index members."""


def members(file: bytes | BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each member in order, without indexes.

    :param file: the archive, or an open, seekable file.
    :raises CrosscraftError: if the file is not an archive, or incomplete.
    """
    try:
        yield from _members(file)
    except (OSError, ValueError) as error:
        raise CrosscraftError(
            f"not a static library, or an incomplete one: {error}",
            remedy="Check it with `ar t`, and copy or download it again.",
        ) from None


def _members(file: bytes | BinaryIO) -> Iterator[tuple[str, bytes]]:
    stream = io.BytesIO(file) if isinstance(file, bytes) else file
    end = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    magic = stream.read(len(_MAGIC))
    if magic == _THIN:
        raise ValueError("it is a thin archive, which names its members but does not contain them")
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
        if name == b"//":  # the table of names that are too long for a header
            names = content
        elif name.startswith(b"#1/"):  # BSD: the name comes before the content
            length = min(_number(name[3:], place), size)
            yield _text(content[:length].rstrip(b"\0")), content[length:]
        elif (text := _text(_long_name(name, names))) not in _INDEXES:
            yield text, content
    raise ValueError(f"it has more than {MAX_MEMBERS} members")


def _long_name(name: bytes, names: bytes) -> bytes:
    """Return the name without its final slash, or the long name that ``/123`` refers to."""
    if name[:1] != b"/" or not name[1:].isdigit():
        return name if name.startswith(b"/") else name.removesuffix(b"/")
    start = int(name[1:])
    match = _LONG_NAME.match(names, start)
    if match is None:
        raise ValueError(f"no name at {start} of the table of long names")
    return match[0].removesuffix(b"/")


_LONG_NAME = re.compile(rb"[^\n\0]+(?=[\n\0])")
"""A long name ends with a slash and a newline, and in a library for Windows with a zero."""


def _number(field: bytes, place: int) -> int:
    digits = field.strip()
    if not digits.isdigit():
        raise ValueError(f"{field!r} is not a number, in the header before byte {place}")
    return int(digits)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
