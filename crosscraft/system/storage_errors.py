"""Errors of the file system, as errors that tell a user what to do."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from crosscraft.errors import StorageError

__all__ = ["explain", "explain_words", "is_full", "reason"]


def explain(error: OSError, path: str = "") -> StorageError | None:
    """Return a StorageError for an error of the file system that a user can fix.

    :param path: the file, if the error does not name it.
    """
    if error.errno not in _REASONS:
        if error.filename is None:
            return None
        return StorageError(
            f"{error.filename!r} cannot be used: {reason(error)}",
            remedy="Name a file or folder that exists and is yours.",
        )
    name = path or error.filename or "a file"
    # Only a write can fill a disk. A missing permission can also stop a read.
    doing = "written" if error.errno in _WRITING else "opened"
    return StorageError(
        f"{name} could not be {doing}: {reason(error)}", remedy=_REASONS[error.errno][1]
    )


def explain_words(text: str, what: str, looked: str = "") -> StorageError | None:
    """Return a StorageError if the output of a tool reports a storage failure.

    :param what: the failure, as a clause: ``the channel could not be indexed``.
    """
    for mark, number in _WORDS:
        if mark in text:
            reason, remedy = _REASONS[number]
            return StorageError(f"{what}: {reason}", looked=looked, remedy=remedy)
    return None


def is_full(folder: Path) -> bool:
    """Whether the disk of `folder` has almost no space left."""
    return shutil.disk_usage(folder).free < _NOTHING


_NOTHING = 1 << 16
"""Bytes of free space that are too few to install anything."""

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
"""The messages for an errno in C, Python and Rust programs."""

_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)

_REASONS = {
    errno.ENOSPC: (
        "the disk is full",
        "Free some space and run this again. No partial result was kept.",
    ),
    errno.EDQUOT: ("your disk quota is used up", "Free some space and run this again."),
    errno.EFBIG: ("a file may not be that large here", "Raise the limit (`ulimit -f`)."),
    errno.EROFS: ("it is on a read-only file system", "Choose a folder that can be written."),
    errno.EACCES: ("permission denied", "Choose a folder of yours, or change its mode."),
    errno.EPERM: ("operation not permitted", "Choose a folder of yours, or change its mode."),
    errno.ENOLCK: ("its file system has no locks", "Choose a folder on a disk of this machine."),
}


def reason(error: OSError) -> str:
    """Return the reason of the file system's error."""
    known = _REASONS.get(error.errno or 0)
    return known[0] if known else (error.strerror or str(error)).lower()
