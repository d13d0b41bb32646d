"""Open a path from a user, if it is a regular file."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path

__all__ = ["open_regular"]

_KINDS = {
    stat.S_IFIFO: "is a named pipe, not a file",
    stat.S_IFSOCK: "is a socket, not a file",
    stat.S_IFCHR: "is a device, not a file",
    stat.S_IFBLK: "is a device, not a file",
    stat.S_IFDIR: "is a directory, not a file",
}


def open_regular(path: Path | str) -> io.FileIO:
    """Open the file `path` for reading, unbuffered.

    Opening a named pipe blocks until another process writes to it, and opening a device may have
    side effects. Both are refused. A pipe that replaces the file after the check cannot block.

    :raises OSError: if `path` is not a readable file. ``strerror`` gives the reason for people.
    """
    try:
        _check(Path(path).stat().st_mode)
        opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:  # a NUL in the name
        raise OSError(errno.EINVAL, "is not a valid file name") from None
    try:
        _check(os.fstat(opened).st_mode)
        return io.FileIO(opened)
    except BaseException:
        os.close(opened)
        raise


def _check(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "is not a file")
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, kind)
