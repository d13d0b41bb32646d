"""Where a learner's workspace is, its lock, and its takeover from an earlier version.

`lessons.workspace` fills the project in it, and `jupyter.copies` the lessons.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

from crosscraft.paths import ROOT
from crosscraft.system import files, locks, storage_errors

__all__ = [
    "SERVED", "check_owned", "lessons", "lock", "project", "root", "shown", "take_over",
]  # fmt: skip

SERVED = "CROSSCRAFT_SERVED"
"""The variable for the folder that JupyterLab's file browser shows. It is empty if unknown."""

_EARLIER = "cpp_math"
"""The name of the project folder in earlier versions, which the answer key has too."""


def root() -> Path:
    """Return the workspace, which is ``CROSSCRAFT_WORKSPACE`` or ``workspace`` in the clone."""
    return Path(os.environ.get("CROSSCRAFT_WORKSPACE") or ROOT / "workspace").absolute()


def project() -> Path:
    """Return the project's folder in the workspace."""
    return root() / "project"


def lessons() -> Path:
    """Return the folder in the workspace with the learner's copies of the lessons."""
    return root() / "lessons"


def shown(path: Path) -> str:
    """Return `path` as JupyterLab's file browser names it: relative to the folder that it shows.

    A path outside of that folder stays absolute.
    """
    served = os.environ.get(SERVED, str(ROOT))
    return str(path.relative_to(served) if served and path.is_relative_to(served) else path)


def lock() -> AbstractContextManager[int]:
    """Lock the workspace, because two processes must not move the same file."""
    return locks.lock(str(root()), print)


def check_owned() -> None:
    """Check that other users cannot change the workspace, whose programs are run.

    :raises StorageError: if they can.
    """
    for folder in (root(), project(), lessons()):
        files.check_owned(folder, "the workspace", "CROSSCRAFT_WORKSPACE")


def take_over() -> None:
    """Rename the project folder of an earlier version, and print so. The caller has the lock.

    If there is a new project folder too, both stay as they are.

    :raises StorageError: if the folder cannot be renamed.
    """
    old, new = root() / _EARLIER, project()
    if not old.is_dir() or old.resolve() == ROOT / _EARLIER:  # the answer key stays
        return
    if new.is_symlink() or (new.exists() and not _is_empty(new)):
        print(
            f"Your project of an earlier version is still in {shown(old)}. "
            f"The lessons use {shown(new)}. Copy what you need, then remove {shown(old)}."
        )
        return
    try:
        for cache in old.rglob("CMakeCache.txt"):  # CMake rejects the cache of a renamed folder
            cache.unlink()
        os.rename(old, new)
    except OSError as error:
        raise storage_errors.explain(error, str(old)) or error from None
    print(f"Your project folder {shown(old)} is now called {shown(new)}.")


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())
