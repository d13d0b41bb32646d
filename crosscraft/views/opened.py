"""An open package. Its metadata is available at once, and its contents when they are unpacked.

A package is one compressed stream, so reading the last file means decompressing all the others.
It is unpacked once, in the background, into an unnamed temporary file, which ends with the
process. Any member is then read from that file quickly.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import weakref
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from crosscraft.errors import CrosscraftError, StorageError
from crosscraft.inspection import conda_file
from crosscraft.views.live import in_background, settle

if TYPE_CHECKING:
    from crosscraft.inspection.inspect import Inspection

__all__ = ["KEPT", "Contents", "Opened"]

KEPT = 2**30
"""The maximum size of the temporary file. Other members are read from the package again."""

_SMALL = 256 * 2**10
"""The maximum size of a member that is read and shown without a noticeable delay."""

_PIECE = 2**20
"""The number of bytes copied at once."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The files that a package installs, in a temporary file."""

    members: dict[str, conda_file.Member]
    """The members by path."""
    places: dict[str, int]
    """The offset of each unpacked file in :attr:`store`."""
    store: IO[bytes]
    """The temporary file with the unpacked files in sequence."""


class Opened:
    """A package with its metadata, and with futures for its contents and its inspection."""

    def __init__(self, path: Path) -> None:
        """:raises CrosscraftError: if it is not a conda package."""
        self.path = path
        self.facts = conda_file.read(path)
        self._dropped = False
        self.contents: Future[Contents] = Future()
        self.inspection: Future[Inspection] = Future()
        in_background(self._read_all)

    def drop(self) -> None:
        """Stop unpacking, because another package was chosen."""
        self._dropped = True

    def is_quick(self, member: str) -> bool:
        """Whether `member` is small and unpacked, so that it is read and shown without a noticeable
        delay."""
        if not self.contents.done() or self.contents.exception():
            return False
        found = self.contents.result()
        size = found.members[member].size if member in found.members else 0
        return size <= _SMALL and (size == 0 or member in found.places)

    def read(self, member: str, limit: int | None = None) -> bytes:
        """Return the content of an installed file, or its first `limit` bytes.

        It waits until the package is unpacked.

        :raises CrosscraftError: if there is no such file, or the package is damaged.
        """
        contents = self.contents.result()
        if member not in contents.places:
            return conda_file.open_member(self.path, member)[:limit]
        size = contents.members[member].size
        wanted = size if limit is None else min(limit, size)
        return os.pread(contents.store.fileno(), wanted, contents.places[member])

    def _read_all(self) -> None:
        settle(self.contents, self._unpack)
        settle(self.inspection, self._inspect)

    def _unpack(self) -> Contents:
        members: dict[str, conda_file.Member] = {}
        places: dict[str, int] = {}
        try:
            store = tempfile.TemporaryFile()  # noqa: SIM115 - the finalizer closes it
            weakref.finalize(self, store.close)
            for member, content in conda_file.payload(self.path):
                if self._dropped:
                    raise CrosscraftError(
                        f"{self.path.name} was closed before it was unpacked",
                        remedy="Choose it again.",
                    )
                members[member.path] = member
                if content is not None and store.tell() + member.size <= KEPT:
                    places[member.path] = store.tell()
                    shutil.copyfileobj(content, store, _PIECE)
            store.flush()
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise StorageError(
                f"{self.path.name} cannot be unpacked: {(error.strerror or str(error)).lower()}",
                looked=tempfile.gettempdir(),
                remedy="Free some space there." if full else "Set TMPDIR to a writable folder.",
            ) from None
        return Contents(members, places, store)

    def _inspect(self) -> Inspection:
        from crosscraft.inspection.inspect import inspect

        self.contents.result()  # if unpacking failed, this raises the same error
        return inspect(self.path)
