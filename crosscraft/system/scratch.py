"""Folders to work in, which are removed by the next who needs one if their owner was killed.

Beside each lies a lock file that its owner holds. It is held before the folder is made, so
that no moment is left in which a living owner's folder looks abandoned.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crosscraft.system import files, locks

__all__ = ["Scratch", "folder", "sweep"]

_UNOWNED = 24 * 3600.0
"""Seconds after which a folder without a lock file, from an earlier version, is abandoned."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A temporary folder, and the lock on it."""

    path: Path
    """The folder."""
    lock: int
    """The descriptor of its lock file. A command that inherits it keeps the folder."""


@contextmanager
def folder(parent: Path, prefix: str) -> Iterator[Scratch]:
    """Make a folder in `parent` that lasts as long as the context, or as the commands that
    inherit its lock.

    :raises OSError: if it cannot be made.
    """
    sweep(parent, prefix)
    while True:
        made = parent / f"{prefix}{secrets.token_hex(4)}"
        owned = locks.hold(_lock(made))
        if owned is None:
            continue
        try:
            made.mkdir()
            break
        except FileExistsError:  # what another left, and could not be removed
            locks.release(owned, _lock(made))
        except BaseException:
            locks.release(owned, _lock(made))
            raise
    try:
        yield Scratch(made, owned)
    finally:
        files.discard(made)
        locks.release(owned, _lock(made))
        sweep(parent, prefix)  # children of one that was killed may have taken a while to end


def sweep(parent: Path, prefix: str) -> None:
    """Remove the folders in `parent` whose name begins with `prefix` and whose owner is dead."""
    for entry in list(parent.glob(f"{prefix}*")):
        made = entry.with_suffix("") if entry.suffix == ".lock" else entry
        # Another may be faster, and what cannot be removed now is so the next time.
        with contextlib.suppress(OSError):
            if not _lock(made).exists() and time.time() - made.stat().st_mtime < _UNOWNED:
                continue
            owned = locks.hold(_lock(made))
            if owned is not None:
                files.discard(made)
                locks.release(owned, _lock(made))


def _lock(made: Path) -> Path:
    return made.with_name(f"{made.name}.lock")
