"""Errors of the file system, as errors that tell a user what to do."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from crosscraft.errors import StorageError

__all__ = ["explain", "explain_words", "is_full", "reason"]


def explain(error: OSError, path: str = "") -> StorageError | None:
    """Turn an error of the file system that a user can mend into one of ours.

    :param path: the file, if the error does not name it.
    """
    if error.errno not in _REASONS:
        if error.filename is None:
            return None
        return StorageError(
            f"{error.filename!r} cannot be used: {reason(error)}",
            remedy="Give the name of a file or folder that is there and yours.",
        )
    name = path or error.filename or "a file"
    # A disk that is full can only have been written to; permission may lack for reading too.
    doing = "written" if error.errno in _WRITING else "opened"
    return StorageError(
        f"{name} could not be {doing}: {reason(error)}", remedy=_REASONS[error.errno][1]
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


def reason(error: OSError) -> str:
    """Return why the file system refused, in words."""
    known = _REASONS.get(error.errno or 0)
    return known[0] if known else (error.strerror or str(error)).lower()
