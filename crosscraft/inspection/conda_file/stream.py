"""Stream the members of a conda package without unpacking it.

Source of the two formats: conda's documentation, "Package specification". A ``.conda`` file is a
zip of ``pkg-*.tar.zst`` (the payload) and ``info-*.tar.zst`` (the metadata). A ``.tar.bz2`` is one
archive with the payload, and the metadata under ``info/``. conda-package-streaming reads the
archives. It would select the format by the file's name, which people change, and it has no
limits, so this module selects the format and adds limits.

A package may be malicious. Nothing is written to the disk, and the limits below bound memory and
time.
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
"""Bytes that a part of any file may expand to. Small packages of text expand thirtyfold. Reading
this much takes about a second."""
MAX_EXPANDED_RATIO = 500
"""Additional bytes that a part may expand to, per byte of the file. Real packages have less than
50, a zip bomb of zeros has 30,000 with zstd. For a package of 1 GB this is no limit in practice."""
MAX_INFO = 256 * 2**20
"""Most bytes of an info part. Metadata has some kilobytes, or some megabytes with the licences
and the sources of a recipe."""
MAX_MEMBERS = 150_000
"""Most members of a part. tarfile needs some 30 microseconds for each. Large packages have 50,000,
and ``info/paths.json`` has room for 130,000 at its size limit."""
MAX_HEADERS = 2**20
"""Most bytes between two members' contents. They are headers with long names, in memory."""
MAX_ZIP_READ = 2**20
"""Most bytes per read from a zip. zipfile reads the directory in one piece. A package's directory
has three entries, and this limit allows 20,000."""
_BLOCK = 2**17
"""Bytes per read from the archive."""


class _Exceeded(Exception):
    """A limit was exceeded. The text ends the sentence "it cannot be read as a package:"."""


WHOLE = "Give the path of a whole .conda or .tar.bz2 file."


def not_a_package(path: Path, why: object, remedy: str = WHOLE) -> CrosscraftError:
    """Return the error that `path` cannot be read, with the reason."""
    text = " ".join(str(why).split())[:300] or type(why).__name__
    text = text[:1].lower() + text[1:]
    shown = text if text.isprintable() else ascii(text)
    return CrosscraftError(
        f"{str(path)!r} cannot be read as a conda package: {shown}",
        remedy=remedy,
    )


def name_of(member: tarfile.TarInfo) -> str:
    """Return the installed path of a member, relative to the prefix."""
    return member.name.removeprefix("./")


def members(
    path: Path, part: Part, on_read: OnRead | None = None
) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the members of a part of the package `path`, each with its archive.

    A ``.tar.bz2`` has one archive, whose members under ``info/`` are the info part. Only the
    latest member can be read. The other part of a ``.conda`` file is never read.

    :param on_read: called with the position in the file, in bytes, as it is read.
    :raises CrosscraftError: if `path` is not a conda package, is damaged, or exceeds a limit.
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
    except Exception as error:  # zipfile, tarfile, bz2 and zstd raise many classes
        raise not_a_package(path, error) from None


def read_part(path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo, limit: int) -> bytes:
    """Return the content of the latest member, which must be a file.

    :param limit: the maximum size in bytes.
    :raises CrosscraftError: if the member is larger, or damaged.
    """
    if member.size > limit:
        raise not_a_package(
            path, f"{name_of(member)!r} has {member.size} bytes, but at most {limit} are read"
        )
    kept = io.BytesIO()  # it grows in place, and getvalue does not copy
    shutil.copyfileobj(Content(path, archive, member), kept, _BLOCK)
    return kept.getvalue()


class Content(io.RawIOBase):
    """The content of the latest member, as a file that can be read once.

    Reading raises :class:`CrosscraftError` if the content is damaged.
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
        except Exception as error:  # many classes, as in `members`
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
        if member.size < 0 or promised > limit:  # checked before the content is read
            raise _Exceeded(
                f"it claims to expand to {promised} bytes, but at most {limit} are read"
            )
        bounded.ahead = member.size + MAX_HEADERS + 2 * _BLOCK
        if magic.startswith(b"PK") or (part == "info") == name_of(member).startswith("info/"):
            yield archive, member
        archive.members.clear()  # tarfile keeps all members in memory
    while bounded.read(_BLOCK):  # to the end, which has the checksums
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
    if names[0].compress_type != zipfile.ZIP_STORED:  # a nested zip bomb
        raise _Exceeded(f"its zip compresses {part}-*.tar.zst, which is compressed already")
    opened: IO[bytes] = zstd.open(stack.enter_context(archive.open(names[0])))
    return opened


class _Header(tarfile.TarInfo):
    """A header that raises an error if it is damaged. tarfile would end the archive silently."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if not bytes(buf).strip(b"\0"):  # blocks of zeros mark the end
                raise
            raise tarfile.ReadError(f"its archive is damaged ({error})") from None


class _ShortReads(io.BufferedReader):
    """A file with at most :data:`MAX_ZIP_READ` bytes per read."""

    on_read: OnRead | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_ZIP_READ:
            raise _Exceeded(f"its zip has a directory of {size} bytes instead of three entries")
        data = super().read(size)
        if self.on_read:
            self.on_read(self.tell())
        return data


class _Bounded:
    """A stream that raises an error beyond its limits."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file = file
        self._limit = limit
        self._total = 0
        self.ahead = MAX_HEADERS
        """Most bytes before the next member."""

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._total += len(data)
        self.ahead -= len(data)
        if self._total > self._limit:
            raise _Exceeded(f"it expands to more than {self._limit} bytes")
        if self.ahead < 0:
            raise _Exceeded(f"its archive has a header of more than {MAX_HEADERS} bytes")
        return data
