"""A package that somebody looks into: what it says at once, its contents a moment later.

A package is compressed as one stream, so that its last file is reached by way of all others.
It is read once, in the background, into a temporary file that has no name and that ends with
the process; from there any member is read in an instant.
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
"""Bytes of a package that are kept on disk. What goes beyond is read from the package again."""

_SMALL = 256 * 2**10
"""Bytes of a member that is read and shown within an instant."""

_PIECE = 2**20
"""Bytes copied at once."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a package installs, where it can be read quickly."""

    members: dict[str, conda_file.Member]
    """By path."""
    places: dict[str, int]
    """Where each file that is kept begins in :attr:`store`."""
    store: IO[bytes]
    """The files, one after the other."""


class Opened:
    """A package, its contents and its inspection; the latter two come by and by."""

    def __init__(self, path: Path) -> None:
        """:raises CrosscraftError: if it is not a conda package."""
        self.path = path
        self.facts = conda_file.read(path)
        self._dropped = False
        self.contents: Future[Contents] = Future()
        self.inspection: Future[Inspection] = Future()
        in_background(self._read_all)

    def drop(self) -> None:
        """Stop reading: nobody looks any more."""
        self._dropped = True

    def is_quick(self, member: str) -> bool:
        """Whether :func:`read` of a member takes no time that one would notice, nor what is
        done with it then: it is kept, and small."""
        if not self.contents.done() or self.contents.exception():
            return False
        found = self.contents.result()
        size = found.members[member].size if member in found.members else 0
        return size <= _SMALL and (size == 0 or member in found.places)

    def read(self, member: str, limit: int | None = None) -> bytes:
        """Return the content of a file it installs, or the first `limit` bytes.

        Waits for the contents, if they are still being read.

        :raises CrosscraftError: if it has no such file, or is damaged.
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
            store = tempfile.TemporaryFile()  # noqa: SIM115 - the next line closes it
            weakref.finalize(self, store.close)
            for member, content in conda_file.payload(self.path):
                if self._dropped:
                    raise CrosscraftError(
                        f"{self.path.name} was put aside before it was read",
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
                remedy="Free some space there." if full else "Set TMPDIR to a folder of yours.",
            ) from None
        return Contents(members, places, store)

    def _inspect(self) -> Inspection:
        from crosscraft.inspection.inspect import inspect

        self.contents.result()  # what could not be unpacked is not worth another try
        return inspect(self.path)
