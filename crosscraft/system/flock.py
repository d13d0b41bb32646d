"""A file that is held while its owner lives: the kernel's lock, flock(2).

It belongs to the open file, so that it ends with the last process that has that file open,
however that process ends. A child that gets the descriptor holds it too.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

__all__ = ["hold", "is_still", "release"]


def hold(path: Path, *, create: bool = True) -> int | None:
    """Return a descriptor of the file at `path`, held alone; None if another holds it.

    :param create: whether to make the file if it is missing; otherwise that gives None.
    :raises OSError: if the file cannot be opened, or its file system has no locks.
    """
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o644)
        except FileNotFoundError:
            if create:
                raise
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        if is_still(descriptor, path):
            return descriptor
        os.close(descriptor)  # its last owner removed it between the two calls


def is_still(descriptor: int, path: Path) -> bool:
    """Whether `path` names the file that is open as `descriptor`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def release(descriptor: int, path: Path) -> None:
    """Remove the file and let go of it, in this order, so that none is left behind."""
    path.unlink(missing_ok=True)
    os.close(descriptor)
