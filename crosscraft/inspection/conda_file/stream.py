"""The members of a conda package, one after the other, without unpacking it.

Source of the two formats: conda's documentation, "Package specification". A ``.conda`` file
is a zip that stores ``pkg-*.tar.zst`` (what is installed) and ``info-*.tar.zst`` (what the
package says of itself); a ``.tar.bz2`` is one archive of both, the latter under ``info/``.
conda-package-streaming reads the archives. Its own way to find them goes by the file's name,
which people change, and knows no bounds, so they are found and bounded here.

A package may come from anybody. Nothing of it is ever written anywhere, and the bounds below
say how much of the machine it can use.
"""

from __future__ import annotations

import bz2
import functools
import io
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Literal

from crosscraft.errors import CrosscraftError
from crosscraft.system.regular_file import open_regular

__all__ = ["OnRead", "Part", "members", "name_of", "not_a_package", "read_part"]

Part = Literal["info", "pkg"]
OnRead = Callable[[int], object]

MAX_EXPANDED_BASE = 256 * 2**20
"""Bytes that any part may expand to, however small the file. Small packages of text expand
thirtyfold; this is far beyond, and read within a second or so."""
MAX_EXPANDED_RATIO = 500
"""Bytes that a part may expand to, beyond that, for each byte of the file. Real packages stay
under 50; a bomb of zeros has 30,000 with zstd. A package of 1 GB has no bound to speak of."""
MAX_INFO = 256 * 2**20
"""Bytes of an info part: what a package says of itself is some kilobytes, and with the licences
and the sources of a recipe some megabytes."""
MAX_MEMBERS = 150_000
"""Members of a part. Each takes tarfile some 30 microseconds; large packages have 50,000, and
``info/paths.json`` as long as we read it has room for 130,000."""
MAX_HEADERS = 2**20
"""Bytes between two members' contents: headers, with names that are long. tarfile holds them."""
MAX_ZIP_READ = 2**20
"""Bytes read from a zip in one go. zipfile holds the directory, which has three entries in a
package; bound so, it holds 20,000."""
_BLOCK = 2**17
"""Bytes that the archive is read in."""


class _Exceeded(Exception):
    """A bound was met; its text ends the sentence "it cannot be read as a package:"."""


def not_a_package(path: Path, why: object) -> CrosscraftError:
    """Return the error that says why `path` cannot be read."""
    text = " ".join(str(why).split())[:300] or type(why).__name__
    text = text[:1].lower() + text[1:]
    shown = text if text.isprintable() else ascii(text)
    return CrosscraftError(
        f"{str(path)!r} cannot be read as a conda package: {shown}",
        remedy="Give the path of a whole .conda or .tar.bz2 file.",
    )


def name_of(member: tarfile.TarInfo) -> str:
    """Return where a member goes, relative to the prefix."""
    return member.name.removeprefix("./")


def members(
    path: Path, part: Part, on_read: OnRead | None = None
) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the members of a part of the package `path`, each with the archive it is in.

    A ``.tar.bz2`` has one archive: its members under ``info/`` are the info part. Only the
    latest member can be read; what comes after it is not looked at before the next is asked
    for. Reading the other part of a ``.conda`` file is never needed.

    :param on_read: called with the position in the file, in bytes, as it is read.
    :raises CrosscraftError: if it is not a conda package, is damaged, or exceeds a bound.
    """
    try:
        with ExitStack() as stack:
            file = stack.enter_context(_ShortReads(open_regular(path)))
            file.on_read = on_read
            yield from _members(file, part, stack)
    except OSError as error:
        raise not_a_package(path, (error.strerror or str(error)).lower()) from None
    except CrosscraftError:
        raise
    except Exception as error:  # zipfile, tarfile, bz2 and zstd raise all sorts on damaged bytes
        raise not_a_package(path, error) from None


def read_part(path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo, limit: int) -> bytes:
    """Return the content of the latest member, which must be a file.

    :param limit: what its size may be, in bytes.
    :raises CrosscraftError: if it is larger, or damaged.
    """
    if member.size > limit:
        raise not_a_package(
            path, f"{name_of(member)!r} has {member.size} bytes; at most {limit} are read"
        )
    kept = io.BytesIO()  # it grows in place, and gives its bytes away without a copy
    shutil.copyfileobj(Content(path, archive, member), kept, _BLOCK)
    return kept.getvalue()


class Content(io.RawIOBase):
    """The content of the latest member, as a file that can be read once, to its end.

    :raises CrosscraftError: when read, if it is damaged.
    """

    def __init__(self, path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        self._path = path
        extracted = archive.extractfile(member)
        assert extracted is not None
        self._file: IO[bytes] = extracted

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            data = self._file.read(len(buffer))
        except Exception as error:  # as above
            raise not_a_package(self._path, error) from None
        buffer[: len(data)] = data
        return len(data)


def _members(
    file: _ShortReads, part: Part, stack: ExitStack
) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    from conda_package_streaming.package_streaming import TarfileNoSameOwner, tar_generator

    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    magic = file.peek(3)[:3]
    limit = MAX_EXPANDED_BASE + MAX_EXPANDED_RATIO * size
    if magic.startswith(b"PK"):
        reader = stack.enter_context(_zip_part(file, part, stack))
        limit = min(limit, MAX_INFO) if part == "info" else limit
    elif magic == b"BZh":
        reader = stack.enter_context(bz2.BZ2File(file))
    else:
        raise _Exceeded("it is empty" if size == 0 else "it is neither a zip nor bzip2")
    bounded = _Bounded(reader, limit)
    opener = functools.partial(TarfileNoSameOwner.open, tarinfo=_Header, bufsize=_BLOCK)
    promised = 0
    for count, (archive, member) in enumerate(tar_generator(bounded, opener)):
        if count >= MAX_MEMBERS:
            raise _Exceeded(f"it has more than {MAX_MEMBERS} members")
        promised += max(member.size, 0)
        if member.size < 0 or promised > limit:  # before its content is skipped or read
            raise _Exceeded(f"it claims to expand to {promised} bytes; at most {limit} are read")
        bounded.ahead = member.size + MAX_HEADERS + 2 * _BLOCK
        if magic.startswith(b"PK") or (part == "info") == name_of(member).startswith("info/"):
            yield archive, member
        archive.members.clear()  # a list that tarfile keeps for looking back
    while bounded.read(_BLOCK):  # to the end, where the checksums are
        bounded.ahead = MAX_HEADERS


def _zip_part(file: _ShortReads, part: Part, stack: ExitStack) -> IO[bytes]:
    from conda_package_streaming.package_streaming import zstd

    archive = stack.enter_context(zipfile.ZipFile(file))
    names = [
        entry
        for entry in archive.infolist()
        if entry.filename.startswith(f"{part}-") and entry.filename.endswith(".tar.zst")
    ]
    if len(names) != 1:
        raise _Exceeded(f"its zip has {len(names)} entries {part}-*.tar.zst, not one")
    if names[0].compress_type != zipfile.ZIP_STORED:  # a bomb around a bomb
        raise _Exceeded(f"its zip compresses {part}-*.tar.zst, which is compressed already")
    opened: IO[bytes] = zstd.open(stack.enter_context(archive.open(names[0])))
    return opened


class _Header(tarfile.TarInfo):
    """A header that is damaged is an error; tarfile takes it for the archive's end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if not bytes(buf).strip(b"\0"):  # the end, or blocks of zeros that mark it
                raise
            raise tarfile.ReadError(f"its archive is damaged ({error})") from None


class _ShortReads(io.BufferedReader):
    """A file that gives no more than :data:`MAX_ZIP_READ` bytes in one go."""

    on_read: OnRead | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_ZIP_READ:
            raise _Exceeded(f"its zip has a directory of {size} bytes, where three entries fit")
        data = super().read(size)
        if self.on_read:
            self.on_read(self.tell())
        return data


class _Bounded:
    """A stream that ends with an error when it goes beyond what it may."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file = file
        self._limit = limit
        self._seen = 0
        self.ahead = MAX_HEADERS
        """Bytes that may come before the next member."""

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._seen += len(data)
        self.ahead -= len(data)
        if self._seen > self._limit:
            raise _Exceeded(f"it expands to more than {self._limit} bytes")
        if self.ahead < 0:
            raise _Exceeded(f"its archive has a header of more than {MAX_HEADERS} bytes")
        return data
