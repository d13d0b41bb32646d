"""One set-up at a time in a clone.

The lock is the kernel's (flock(2)): that of a process that was killed is free at once. A child
that inherits the open file keeps it, so that what a killed set-up leaves running, pip say, is
waited for and not worked against. Set-up needs this before anything is installed: it imports
nothing but the standard library.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["hold"]


@contextmanager
def hold(path: Path, on_wait: Callable[[str], object]) -> Iterator[int]:
    """Hold the lock file `path`, and yield its descriptor for children to inherit.

    :param on_wait: told what is waited for, if it has to wait.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
            on_wait(f"waiting for another set-up of this clone (process {owner or 'unknown'})")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)
