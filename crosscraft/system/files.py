"""The cache, checks of folders, and atomic writes."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import glob
import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path

from crosscraft.errors import StorageError
from crosscraft.system import locks, storage_errors

__all__ = [
    "cache", "check_owned", "check_writable", "discard", "discard_obsolete", "expanded",
    "is_text", "keep_from_others", "link_or_copy", "sha256", "sync", "sync_tree", "write",
]  # fmt: skip


def cache(*parts: str) -> Path:
    """Return a folder of the user's cache, created if it is missing.

    ``CROSSCRAFT_CACHE`` names another cache. Other users may read its channels, and nothing else.

    :raises StorageError: if it cannot be created, if another user could change its content, or if
        its path has a space: compilers' flags, which are separated by spaces, have this path.
    """
    import platformdirs

    root = os.environ.get("CROSSCRAFT_CACHE") or platformdirs.user_cache_path("crosscraft")
    top = expanded(str(root)).absolute()
    folder = top.joinpath(*parts)
    if len(str(top).split()) > 1:
        raise StorageError(
            f"the cache folder {str(top)!r} has a space in its path, where no compiler works",
            remedy="Name a folder without spaces with CROSSCRAFT_CACHE=DIR.",
        )
    try:
        top.mkdir(parents=True, exist_ok=True, mode=0o755)
        check_owned(top, "the cache", "CROSSCRAFT_CACHE")
        mode = 0o755 if parts[:1] == ("channels",) else 0o700
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        raise StorageError(
            f"the cache folder {str(folder)!r} cannot be made: {storage_errors.reason(error)}",
            remedy="Name a folder that you may write with CROSSCRAFT_CACHE.",
        ) from None
    return folder


_OBSOLETE = ("answers", "built", "solved")
"""Folders of earlier versions in the cache."""


def discard_obsolete() -> None:
    """Remove the folders of earlier versions from the cache."""
    for name in _OBSOLETE:
        discard(cache() / name)
    (cache() / "answers.lock").unlink(missing_ok=True)


def expanded(name: str) -> Path:
    """Return the path called `name`, with the user's home for ``~/``. A folder may be called
    ``~name``, so other users' homes are not expanded."""
    return Path(name).expanduser() if name.split("/", maxsplit=1)[0] == "~" else Path(name)


def keep_from_others() -> None:
    """Let other users write no file that this process and its children create from now on."""
    os.umask(os.umask(0o022) | 0o022)


def check_owned(folder: Path, what: str, variable: str) -> None:
    """Check that only its owner and root can change `folder`, and that the owner is this user,
    root or the owner of this program. Programs in the folder are run, so it has to be trusted.

    A missing folder passes, because it is created later.

    :param what: what the folder is, for the message.
    :param variable: the environment variable that names another one.
    :raises StorageError: if not.
    """
    try:
        found = folder.stat()
    except OSError:
        return  # its first use reports the error
    # The owner of the running code could change the code itself.
    mine = {os.geteuid(), 0, Path(__file__).stat().st_uid}
    if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdigit():
        mine.add(int(os.environ["SUDO_UID"]))  # the folder's owner ran sudo
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
    """Whether a group has only the user of the same name. Distributions with the umask 002
    give each user such a group."""
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


def is_text(path: Path) -> bool:
    """Whether the absolute path of `path` is UTF-8 text, as engines need."""
    try:
        return bool(str(path.absolute()).encode())
    except UnicodeEncodeError:
        return False


def check_writable(folder: Path, what: str) -> None:
    """Create `folder` and check that files can be created in it.

    :param what: what the folder is, for the message.
    :raises StorageError: if not, or if its name is not text, which engines and locks need.
    """
    if not is_text(folder):
        raise StorageError(
            f"{what} {str(folder)!r} has a name that is not UTF-8 text",
            remedy="Choose another folder, or rename this one.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):  # it has no name, so a kill leaves nothing
            pass
    except OSError as error:
        raise StorageError(
            f"{what} {str(folder)!r} cannot be written: {storage_errors.reason(error)}",
            remedy="Choose another folder, or make this one writable.",
        ) from None


def write(path: Path, content: str | bytes, mode: int | None = None) -> None:
    """Write `content` to `path` through a synced temporary file and an atomic rename.

    Temporary files of killed writers are removed.

    :param mode: permission bits. The default is those of the old file, or 0644.
    :raises StorageError: if the disk is full, or the folder cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, data, mode)
    except OSError as error:
        explained = storage_errors.explain(error, str(path))
        if explained is None:
            raise
        raise explained from None


def _write(path: Path, data: bytes, mode: int | None) -> None:
    start, end = f".{path.name}-", ".new"
    _remove_left(path.parent, f"{glob.escape(start)}*{end}")
    if mode is None:
        mode = _mode(path)
    written = False
    while not written:
        # The name is known before the file exists, so an interrupt at any moment leaves no file.
        temporary = path.with_name(f"{start}{secrets.token_hex(4)}{end}")
        try:
            written = _write_through(temporary, path, data, mode)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync(path.parent)


def _write_through(temporary: Path, path: Path, data: bytes, mode: int) -> bool:
    """Return False if another process removed `temporary` before it was locked."""
    with open(temporary, "xb", opener=functools.partial(os.open, mode=0o600)) as file:
        with contextlib.suppress(OSError):  # without locks nobody removes it
            fcntl.flock(file, fcntl.LOCK_EX)
        if not locks.is_still(file.fileno(), temporary):
            return False
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        os.replace(temporary, path)  # the lock is still held, so nobody removes the file
        return True


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return 0o644


def _remove_left(folder: Path, pattern: str) -> None:
    """Remove the temporary files of killed writers, whose locks are free."""
    for old in folder.glob(pattern):
        with contextlib.suppress(OSError):
            held = locks.hold(old, create=False)
            if held is not None:
                locks.release(held, old)


def discard(folder: Path) -> None:
    """Remove `folder` and its content, as far as possible.

    :raises KeyboardInterrupt: on an interrupt. ``shutil.rmtree`` of Python 3.11 may close a
        folder twice then, and raise an OSError instead.
    """
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise error.__context__ or error from None


def sync(path: Path) -> None:
    """Write a file's content, or the names in a folder, to the disk (fsync(2)).

    A rename outlasts a power cut only after this.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_tree(folder: Path) -> None:
    """Write `folder` and everything in it to the disk."""
    for path in (*sorted(folder.rglob("*")), folder):
        if not path.is_symlink():
            sync(path)


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` a hard link to the file `source`, or a copy on a file system without links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
