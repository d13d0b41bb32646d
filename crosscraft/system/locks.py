"""Locks of the kernel: flock(2).

A lock belongs to an open file. It ends with the last process that has the file open, however
that process ends. A child that inherits the descriptor holds the lock too.

Set-up locks its clone before anything is installed, so this module imports only the standard
library at the top.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["hold", "hold_clone", "is_still", "lock", "lock_if_free", "release", "share"]

_POLL = 0.05
"""Seconds between two tries, because flock(2) has no timeout."""


def hold(path: Path, *, create: bool = True) -> int | None:
    """Lock the file at `path`, and return its descriptor, or None if another process holds it.

    :param create: whether to create a missing file. Without it the result is None.
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
        os.close(descriptor)  # its owner removed it between the two calls


def is_still(descriptor: int, path: Path) -> bool:
    """Whether `path` names the file that is open as `descriptor`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def share(path: Path) -> int:
    """Lock the file at `path` together with others that share it, and return its descriptor.

    :func:`hold` finds it locked until the last of them ends. Wait while `hold` has it.

    :raises OSError: if the file cannot be opened, or its file system has no locks.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        except BaseException:
            os.close(descriptor)
            raise
        if is_still(descriptor, path):
            return descriptor
        os.close(descriptor)  # its owner removed it between the two calls


def release(descriptor: int, path: Path) -> None:
    """Remove the lock file, then unlock it."""
    path.unlink(missing_ok=True)
    os.close(descriptor)


@contextmanager
def hold_clone(path: Path, on_wait: Callable[[str], object]) -> Iterator[int]:
    """Lock the file `path` of a clone, and yield its descriptor for children to inherit.

    A process of a killed set-up, for example pip, still holds the lock.

    :param on_wait: called with a message if the lock is not free.
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


@contextmanager
def lock(
    subject: str,
    on_wait: Callable[[str], object] = lambda text: None,
    *,
    patience: float = 30.0,
) -> Iterator[int]:
    """Hold the lock on `subject` (a path, or any other name), and yield its descriptor.

    A command that inherits the descriptor holds the lock too. If we are killed, the next owner
    waits until that command has ended.

    :param on_wait: called with a message if the lock is not free. Outside lessons, whose output
        is compared, it is called again with the time.
    :param patience: seconds between two messages.
    :raises StorageError: if the lock file cannot be created or locked.
    """
    path = _file(subject)
    try:
        held = hold(path)
        if held is None:
            on_wait(f"waiting for another crosscraft that works on {subject}")
            held = _wait(path, subject, on_wait, patience)
    except OSError as error:
        from crosscraft.errors import StorageError
        from crosscraft.system import storage_errors

        raise StorageError(
            f"the lock on {subject} cannot be taken: {storage_errors.reason(error)}",
            looked=str(path.parent),
            remedy="Name a folder of yours on a disk of this machine with CROSSCRAFT_CACHE.",
        ) from None
    try:
        yield held
    finally:
        release(held, path)


def _wait(path: Path, subject: str, on_wait: Callable[[str], object], patience: float) -> int:
    began = said = time.monotonic()
    while (held := hold(path)) is None:
        time.sleep(_POLL)
        now = time.monotonic()
        if now - said >= patience and "CROSSCRAFT_LESSON" not in os.environ:
            said = now
            on_wait(f"still waiting, {now - began:.0f} s so far, for {subject}")
    return held


@contextmanager
def lock_if_free(subject: str) -> Iterator[bool]:
    """Hold the lock on `subject` if it is free, and yield whether it was."""
    path = _file(subject)
    try:
        held = hold(path)
    except OSError:
        held = None
    try:
        yield held is not None
    finally:
        if held is not None:
            release(held, path)


def _file(subject: str) -> Path:
    """The lock file of `subject`."""
    from crosscraft.system import files

    return files.cache("locks") / f"{hashlib.sha256(subject.encode()).hexdigest()[:20]}.lock"
