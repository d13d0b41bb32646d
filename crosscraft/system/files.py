"""Where things are kept, and how they are written so that no half-made thing is ever seen."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from crosscraft.errors import StorageError
from crosscraft.system import locks, storage_errors

__all__ = [
    "cache",
    "check_owned",
    "check_writable",
    "discard",
    "discard_obsolete",
    "expanded",
    "is_text",
    "keep_from_others",
    "link_or_copy",
    "sha256",
    "sync",
    "sync_file",
    "sync_folder",
    "write",
]


def cache(*parts: str) -> Path:
    """Return a folder of the user's cache, made if missing.

    ``CROSSCRAFT_CACHE`` names another place for all of it. Others may read its channels, which
    can be shared by their path, and nothing else.

    :raises StorageError: if it cannot be made, or another user could change what is in it.
    """
    import platformdirs

    root = os.environ.get("CROSSCRAFT_CACHE") or platformdirs.user_cache_path("crosscraft")
    top = expanded(str(root)).absolute()
    folder = top.joinpath(*parts)
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
"""Folders that earlier versions kept in the cache."""


def discard_obsolete() -> None:
    """Remove from the cache what an earlier version kept there and this one does not read."""
    for name in _OBSOLETE:
        discard(cache() / name)
    (cache() / "answers.lock").unlink(missing_ok=True)


def expanded(name: str) -> Path:
    """Return the path called `name`, with ``~/`` for the user's home. Other users' homes
    (``~name``) are no part of it: a folder may be called so."""
    return Path(name).expanduser() if name.split("/", maxsplit=1)[0] == "~" else Path(name)


def keep_from_others() -> None:
    """See that nothing made from here on, by children too, can be written by others."""
    os.umask(os.umask(0o022) | 0o022)


def check_owned(folder: Path, what: str, variable: str) -> None:
    """See that nobody but its owner and root can change what is in `folder`, and that its owner
    is us, root or the owner of this program. What lies in it is run, and so trusted.

    A folder that is not there yet is ours to make.

    :param what: what the folder is, for the message.
    :param variable: the environment variable that names another one.
    :raises StorageError: if not.
    """
    try:
        found = folder.stat()
    except OSError:
        return  # whoever uses it finds out, and says so
    # Who owns the code that is running could change that, and need not come by this way.
    mine = {os.geteuid(), 0, Path(__file__).stat().st_uid}
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


def is_text(path: Path) -> bool:
    """Whether the whole path of `path` is UTF-8 text, as engines need it."""
    try:
        return bool(str(path.absolute()).encode())
    except UnicodeEncodeError:
        return False


def check_writable(folder: Path, what: str) -> None:
    """Make `folder` and see that files can be made in it.

    :param what: what the folder is, for the message.
    :raises StorageError: if not, or if its name is no text, which engines and locks cannot take.
    """
    if not is_text(folder):
        raise StorageError(
            f"{what} {str(folder)!r} has a name that is not UTF-8 text",
            remedy="Choose another folder, or rename this one.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):  # it has no name: a kill leaves nothing behind
            pass
    except OSError as error:
        raise StorageError(
            f"{what} {str(folder)!r} cannot be written: {storage_errors.reason(error)}",
            remedy="Choose another folder, or make this one writable.",
        ) from None


def write(path: Path, content: str | bytes, mode: int | None = None) -> None:
    """Write `content` to `path` in one step: aside, to the disk, renamed.

    What a killed writer left beside `path` is removed.

    :param mode: its permission bits; by default those of a file that is there, or 0644.
    :raises StorageError: if the disk is full, or the place cannot be written.
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
    descriptor, aside = _aside(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if mode is None:
                mode = _mode(path)
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
            os.replace(aside, path)  # while it is still held: nobody takes it for abandoned
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return 0o644


def _aside(path: Path) -> tuple[int, Path]:
    """A new file beside `path` that is held while it is written."""
    start, end = f".{path.name}-", ".new"
    for left in path.parent.iterdir():
        if left.name.startswith(start) and left.name.endswith(end):
            with contextlib.suppress(OSError):
                held = locks.hold(left, create=False)
                if held is not None:
                    locks.release(held, left)
    while True:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=start, suffix=end)
        with contextlib.suppress(OSError):  # a file system without locks has no sweepers
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if locks.is_still(descriptor, Path(name)):
            return descriptor, Path(name)
        os.close(descriptor)  # swept in the moment between the two calls


def discard(folder: Path) -> None:
    """Remove `folder` with all that is in it, as far as that can be done.

    :raises KeyboardInterrupt: if that comes meanwhile. ``shutil.rmtree`` of Python 3.11 closes
        a folder twice when it is interrupted as it does so, and raises an error about that.
    """
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise error.__context__ or error from None


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


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(folder: Path) -> None:
    """Bring all that is in `folder`, and itself, to the disk."""
    for path in (*sorted(folder.rglob("*")), folder):
        if not path.is_symlink():
            sync_folder(path) if path.is_dir() else sync_file(path)


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` another name of the file `source`; a copy where there are no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
