"""Where things are kept, and how they are written so that no half-made thing is ever seen."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crosscraft.errors import StorageError

__all__ = ["cache", "check_writable", "explain", "lock", "sha256", "sync", "write"]


def cache(*parts: str) -> Path:
    """Return a folder of the user's cache, made if missing.

    ``CROSSCRAFT_CACHE`` names another place for all of it.
    """
    import platformdirs

    root = os.environ.get("CROSSCRAFT_CACHE") or platformdirs.user_cache_path("crosscraft")
    folder = Path(root).expanduser().absolute().joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
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


def write(path: Path, text: str) -> None:
    """Write `text` to `path` in one step: aside, to the disk, renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(folder: Path) -> None:
    """Bring all that is in `folder`, and itself, to the disk."""
    for path in (*sorted(folder.rglob("*")), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def lock(subject: str, on_wait: Callable[[str], object] = lambda text: None) -> Iterator[None]:
    """Hold the one lock on `subject` (a path, or any other name).

    The lock is the kernel's (flock): that of a process that died is free at once.

    :param on_wait: told what is waited for, if it has to wait.
    """
    import filelock

    name = hashlib.sha256(subject.encode()).hexdigest()[:20]
    waiting = filelock.FileLock(cache("locks") / f"{name}.lock")
    try:
        waiting.acquire(timeout=0)
    except filelock.Timeout:
        on_wait(f"waiting for another crosscraft that works on {subject}")
        waiting.acquire()
    try:
        yield
    finally:
        waiting.release()


def explain(error: OSError) -> StorageError | None:
    """Turn an error of the file system that a user can mend into one of ours."""
    if error.errno not in _REASONS:
        return None
    return StorageError(
        f"{error.filename or 'a file'} could not be written: {_reason(error)}",
        remedy=_REASONS[error.errno][1],
    )


_REASONS = {
    errno.ENOSPC: (
        "the disk is full",
        "Free some space and run this again; nothing half-made was kept.",
    ),
    errno.EDQUOT: ("your disk quota is used up", "Free some space and run this again."),
    errno.EROFS: ("it is on a read-only file system", "Choose a folder that can be written."),
    errno.EACCES: ("permission denied", "Choose a folder that you may write, or change its mode."),
    errno.EPERM: ("operation not permitted", "Choose a folder that you may write."),
}


def _reason(error: OSError) -> str:
    known = _REASONS.get(error.errno or 0)
    return known[0] if known else (error.strerror or str(error)).lower()
