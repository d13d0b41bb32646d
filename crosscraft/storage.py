"""Where things are kept, and how they are written so that no half-made thing is ever seen."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crosscraft import flock, run
from crosscraft.console import LESSON_VARIABLE
from crosscraft.errors import StorageError

__all__ = [
    "cache",
    "check_writable",
    "explain",
    "explain_words",
    "is_full",
    "lock",
    "lock_if_free",
    "sync_file",
    "sync_folder",
    "write",
]


def cache(*parts: str) -> Path:
    """Return a folder of the user's cache, made if missing.

    ``CROSSCRAFT_CACHE`` names another place for all of it.

    :raises StorageError: if it cannot be made.
    """
    import platformdirs

    root = os.environ.get("CROSSCRAFT_CACHE") or platformdirs.user_cache_path("crosscraft")
    folder = Path(root).expanduser().absolute().joinpath(*parts)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    except OSError as error:
        raise StorageError(
            f"the cache folder {str(folder)!r} cannot be made: {_reason(error)}",
            remedy="Name a folder that you may write with CROSSCRAFT_CACHE.",
        ) from None
    return folder


def check_writable(folder: Path, what: str) -> None:
    """Make `folder` and see that files can be made in it.

    :param what: what the folder is, for the message.
    :raises StorageError: if not.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".try-"):
            pass
    except OSError as error:
        raise StorageError(
            f"{what} {str(folder)!r} cannot be written: {_reason(error)}",
            remedy="Choose another folder, or make this one writable.",
        ) from None


def write(path: Path, content: str | bytes) -> None:
    """Write `content` to `path` in one step: aside, to the disk, renamed.

    What a killed writer left beside `path` is removed. The mode of a file that is there stays.

    :raises StorageError: if the disk is full, or the place cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, data)
    except OSError as error:
        explained = explain(error, str(path))
        if explained is None:
            raise
        raise explained from None


def _write(path: Path, data: bytes) -> None:
    descriptor, aside = _aside(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(descriptor, stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
            os.fsync(descriptor)
            os.replace(aside, path)  # while it is still held: nobody takes it for abandoned
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _aside(path: Path) -> tuple[int, Path]:
    """A new file beside `path` that is held while it is written."""
    start, end = f".{path.name}-", ".new"
    for left in path.parent.iterdir():
        if left.name.startswith(start) and left.name.endswith(end):
            with contextlib.suppress(OSError):
                held = flock.hold(left, create=False)
                if held is not None:
                    flock.release(held, left)
    while True:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=start, suffix=end)
        with contextlib.suppress(OSError):  # a file system without locks has no sweepers
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if flock.is_still(descriptor, Path(name)):
            return descriptor, Path(name)
        os.close(descriptor)  # swept in the moment between the two calls


def sync_folder(folder: Path) -> None:
    """Bring the names in `folder` to the disk: what was renamed there outlasts a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Bring the content of `path` to the disk, before it gets its final name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def lock(
    subject: str,
    on_wait: Callable[[str], object] = lambda text: None,
    *,
    share: bool = False,
    patience: float = 30.0,
) -> Iterator[None]:
    """Hold the one lock on `subject` (a path, or any other name).

    The lock is the kernel's (flock): that of a process that died is free at once.

    :param on_wait: told what is waited for, if it has to wait; outside lessons, whose output
        is compared, also for how long it has waited.
    :param share: whether commands started meanwhile hold it too: if we are killed, the next
        owner waits until they have ended.
    :param patience: seconds between two words about waiting.
    :raises StorageError: if the lock file cannot be made or locked.
    """
    path = cache("locks") / f"{hashlib.sha256(subject.encode()).hexdigest()[:20]}.lock"
    try:
        held = flock.hold(path)
        if held is None:
            on_wait(f"waiting for another crosscraft that works on {subject}")
            held = _wait(path, subject, on_wait, patience)
    except OSError as error:
        raise StorageError(
            f"the lock on {subject} cannot be taken: {_reason(error)}",
            looked=str(path.parent),
            remedy="Name a folder on a disk of this machine, that you may write, with "
            "CROSSCRAFT_CACHE.",
        ) from None
    if share:
        run.SHARED.add(held)
    try:
        yield
    finally:
        run.SHARED.discard(held)
        flock.release(held, path)


def _wait(path: Path, subject: str, on_wait: Callable[[str], object], patience: float) -> int:
    began = said = time.monotonic()
    while (held := flock.hold(path)) is None:
        time.sleep(_POLL)
        now = time.monotonic()
        if now - said >= patience and LESSON_VARIABLE not in os.environ:
            said = now
            on_wait(f"still waiting, {now - began:.0f} s so far, for {subject}")
    return held


@contextmanager
def lock_if_free(subject: str) -> Iterator[bool]:
    """Hold the lock on `subject` if nobody does, and say whether that is so."""
    path = cache("locks") / f"{hashlib.sha256(subject.encode()).hexdigest()[:20]}.lock"
    try:
        held = flock.hold(path)
    except OSError:
        held = None
    try:
        yield held is not None
    finally:
        if held is not None:
            flock.release(held, path)


def explain(error: OSError, path: str = "") -> StorageError | None:
    """Turn an error of the file system that a user can mend into one of ours.

    :param path: the file, if the error does not name it.
    """
    if error.errno not in _REASONS:
        return None
    name = path or error.filename or "a file"
    # A disk that is full can only have been written to; permission may lack for reading too.
    doing = "written" if error.errno in _WRITING else "opened"
    return StorageError(
        f"{name} could not be {doing}: {_reason(error)}", remedy=_REASONS[error.errno][1]
    )


def explain_words(said: str, what: str, looked: str = "") -> StorageError | None:
    """Return the error that a tool's own words mean, if it is storage that failed.

    :param what: what could not be done, as a clause: ``the channel could not be indexed``.
    """
    for mark, number in _WORDS:
        if mark in said:
            reason, remedy = _REASONS[number]
            return StorageError(f"{what}: {reason}", looked=looked, remedy=remedy)
    return None


def is_full(folder: Path) -> bool:
    """Whether the disk of `folder` has no space left to speak of."""
    return shutil.disk_usage(folder).free < _NOTHING


_NOTHING = 1 << 16
"""Bytes of free space in which nothing can be installed."""

_POLL = 0.05
"""Seconds between two tries at a lock that another holds: flock(2) itself cannot be timed."""

_WORDS = (
    ("No space left", errno.ENOSPC),
    ("os error 28)", errno.ENOSPC),
    ("quota exceeded", errno.EDQUOT),
    ("os error 122)", errno.EDQUOT),
    ("Read-only file system", errno.EROFS),
    ("os error 30)", errno.EROFS),
    ("Permission denied (os error 13)", errno.EACCES),
    ("[Errno 13]", errno.EACCES),
)
"""How programs in C, Python and Rust word an errno."""

_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)

_REASONS = {
    errno.ENOSPC: (
        "the disk is full",
        "Free some space and run this again; nothing half-made was kept.",
    ),
    errno.EDQUOT: ("your disk quota is used up", "Free some space and run this again."),
    errno.EFBIG: ("a file may not be that large here", "Raise the limit (`ulimit -f`)."),
    errno.EROFS: ("it is on a read-only file system", "Choose a folder that can be written."),
    errno.EACCES: ("permission denied", "Choose a folder of yours, or change its mode."),
    errno.EPERM: ("operation not permitted", "Choose a folder of yours, or change its mode."),
    errno.ENOLCK: ("its file system has no locks", "Choose a folder on a disk of this machine."),
}


def _reason(error: OSError) -> str:
    known = _REASONS.get(error.errno or 0)
    return known[0] if known else (error.strerror or str(error)).lower()
