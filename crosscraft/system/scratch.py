"""Temporary folders that outlive no process.

Each folder has a lock file, which its owner locks before it creates the folder. The next process
that needs a folder removes all folders whose lock is free.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crosscraft.system import files, locks

__all__ = ["Scratch", "folder", "sweep"]

_UNOWNED = 24 * 3600.0
"""Seconds after which a folder without a lock file is removed."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A temporary folder, and the lock on it."""

    path: Path
    """The folder."""
    lock: int
    """The descriptor of its lock file. A command that inherits it keeps the folder."""


@contextmanager
def folder(parent: Path, prefix: str) -> Iterator[Scratch]:
    """Create a folder in `parent`. It lasts as long as the context, or as the commands that
    inherit its lock.

    :raises OSError: if it cannot be created.
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
        except FileExistsError:  # an old folder that could not be removed
            locks.release(owned, _lock(made))
        except BaseException:
            locks.release(owned, _lock(made))
            raise
    try:
        yield Scratch(made, owned)
    finally:
        _remove(made, owned)
        sweep(parent, prefix)  # children of a killed process may end late


def sweep(parent: Path, prefix: str) -> None:
    """Remove the folders in `parent` whose name starts with `prefix` and whose lock is free."""
    for entry in list(parent.glob(f"{prefix}*")):
        made = entry.with_suffix("") if entry.suffix == ".lock" else entry
        # Another process may be faster, and the next sweep tries again.
        with contextlib.suppress(OSError):
            if not _lock(made).exists() and time.time() - made.stat().st_mtime < _UNOWNED:
                continue
            owned = locks.hold(_lock(made))
            if owned is not None:
                _remove(made, owned)


def _remove(made: Path, owned: int) -> None:
    """Remove a folder and its lock file, or only unlock it for the next sweep if it is still there,
    because a command that ends late has written into it."""
    files.discard(made)
    if made.exists():
        os.close(owned)
    else:
        locks.release(owned, _lock(made))


def _lock(made: Path) -> Path:
    return made.with_name(f"{made.name}.lock")
