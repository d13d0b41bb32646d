"""Where things are kept, and how they are written so that no half-made thing is ever seen."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crosscraft.errors import StorageError

__all__ = [
    "cache",
    "check_owned",
    "check_writable",
    "expanded",
    "explain",
    "keep_from_others",
    "lock",
    "sha256",
    "sync",
    "write",
]


def cache(*parts: str) -> Path:
    """Return a folder of the user's cache, made if missing.

    ``CROSSCRAFT_CACHE`` names another place for all of it. Others may read its channels, which
    can be shared by their path, and nothing else.

    :raises StorageError: if another user could change what is in it.
    """
    import platformdirs

    root = os.environ.get("CROSSCRAFT_CACHE") or platformdirs.user_cache_path("crosscraft")
    top = expanded(str(root)).absolute()
    if not top.exists():
        top.mkdir(parents=True, exist_ok=True, mode=0o755)
    check_owned(top, "the cache", "CROSSCRAFT_CACHE")
    folder = top.joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True, mode=0o755 if parts[:1] == ("channels",) else 0o700)
    return folder


def expanded(name: str) -> Path:
    """Return the path called `name`, with ``~/`` for the user's home. Other users' homes
    (``~name``) are no part of it: a folder may be called so."""
    return Path(name).expanduser() if name.split("/", maxsplit=1)[0] == "~" else Path(name)


def keep_from_others() -> None:
    """See that nothing made from here on, by children too, can be written by others."""
    os.umask(os.umask(0o022) | 0o022)


def check_owned(folder: Path, what: str, variable: str) -> None:
    """See that nobody but its owner and root can change what is in `folder`, and that its owner
    is us or root. What lies in it is run, and so trusted.

    A folder that is not there yet is ours to make.

    :param what: what the folder is, for the message.
    :param variable: the environment variable that names another one.
    :raises StorageError: if not.
    """
    try:
        found = folder.stat()
    except OSError:
        return  # whoever uses it finds out, and says so
    mine = {os.geteuid(), 0}
    if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdigit():
        mine.add(int(os.environ["SUDO_UID"]))  # root's power, asked for by the folder's owner
    if found.st_uid not in mine:
        raise StorageError(
            f"{what} {str(folder)!r} belongs to another user ({_user(found.st_uid)}), who could "
            "change what runs here",
            remedy=f"Name a folder of your own with {variable}=DIR.",
        )
    group = found.st_mode & stat.S_IWGRP and not _is_private_group(found.st_gid, found.st_uid)
    if group or found.st_mode & stat.S_IWOTH:
        raise StorageError(
            f"{what} {str(folder)!r} can be written by other users",
            remedy=f"Look through it, then run `chmod go-w` on it, or name another folder with "
            f"{variable}=DIR.",
        )


def _user(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _is_private_group(group: int, owner: int) -> bool:
    """Whether a group has its namesake as its only member, as distributions with the umask
    002 give each user one."""
    import grp
    import pwd

    try:
        user, found = pwd.getpwuid(owner), grp.getgrgid(group)
    except KeyError:
        return False
    return (
        user.pw_gid == group
        and found.gr_name == user.pw_name
        and not (set(found.gr_mem) - {user.pw_name})
    )


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


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `text` to `path` in one step: aside, to the disk, renamed.

    :param mode: its permission bits.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, mode)
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
        if error.filename is None:
            return None
        return StorageError(
            f"{error.filename!r} cannot be used: {_reason(error)}",
            remedy="Give the name of a file or folder that is there and yours.",
        )
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
