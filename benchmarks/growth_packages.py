"""Synthetic packages of any size, written as streams: one of 1 GB takes some megabytes to make.

What they hold is made of a seed, so that the same call writes the same contents.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from backports import zstd

Kind = Literal["data", "text", "binary"]
"""``data`` cannot be compressed; of ``text`` a quarter remains; ``binary`` is data that begins
like a shared library for x86-64, so that it is held in memory while it is read."""

_BLOCK = 2**17
_QUARTER = 1024
_WORDS = (b"The quick brown fox jumps over the lazy dog. " * 80)[: 3 * _QUARTER]
_ELF = (
    b"\x7fELF\x02\x01\x01" + bytes(9)  # 64 bits, little-endian
    + b"\x03\0\x3e\0\x01\0\0\0" + bytes(24)  # a shared library, for x86-64; no table
    + bytes(4) + b"\x40\0" + bytes(10)
)  # fmt: skip


class _Content(io.RawIOBase):
    """`size` bytes of a kind, with their checksum once they are read."""

    def __init__(self, kind: Kind, size: int, chance: random.Random) -> None:
        self._kind, self._left, self._chance = kind, size, chance
        self._start = _ELF if kind == "binary" else b""
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        wanted = min(size, self._left)
        if wanted <= 0:
            return b""
        if self._kind == "text":
            count = -(-wanted // (4 * _QUARTER))
            data = b"".join(self._chance.randbytes(_QUARTER) + _WORDS for _ in range(count))
        else:
            data = self._start + self._chance.randbytes(wanted)
            self._start = b""
        data = data[:wanted]
        self._left -= wanted
        self.sha256.update(data)
        return data


def write(path: Path, kind: Kind, size: int, members: int = 1) -> Path:
    """Write a package to `path`, a ``.conda`` file, and return `path`.

    :param size: bytes of all its members together, before they are compressed.
    """
    chance = random.Random(20)
    rows = []
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
        with _part(archive, "pkg") as tar:
            for number in range(members):
                entry = tarfile.TarInfo(f"lib/part{number % 100:02}/{number:06}.so")
                entry.size = size // members
                content = _Content(kind, entry.size, chance)
                tar.addfile(entry, content)
                tar.members.clear()  # a list that tarfile keeps for looking back
                rows.append(
                    {
                        "_path": entry.name,
                        "path_type": "hardlink",
                        "sha256": content.sha256.hexdigest(),
                        "size_in_bytes": entry.size,
                    }
                )
        with _part(archive, "info") as tar:
            for name, value in (("index", _INDEX), ("paths", {"paths": rows, "paths_version": 1})):
                data = json.dumps(value).encode()
                entry = tarfile.TarInfo(f"info/{name}.json")
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
    return path


_INDEX = {
    "name": "grown",
    "version": "1",
    "build": "0",
    "build_number": 0,
    "subdir": "linux-64",
    "depends": [],
}


@contextmanager
def _part(archive: zipfile.ZipFile, part: str) -> Iterator[tarfile.TarFile]:
    """A part of a package, to be filled. Sorted by name and with no times, as ours are."""
    file: IO[bytes]
    with (
        archive.open(f"{part}-grown-1-0.tar.zst", "w", force_zip64=True) as file,
        zstd.open(file, "w", level=1) as packed,
        tarfile.open(fileobj=packed, mode="w|", bufsize=_BLOCK) as tar,
    ):
        yield tar
