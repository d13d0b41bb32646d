"""A package cache for one build, with links to the packages that the build may use.

rattler-build keys unpacked packages by name, version and build string. A learner's package can
change without a change to any of the three, and its tests then ran from an older copy.
So each build gets its own cache with links to packages of :mod:`crosscraft.environments.store`.
The cache is deleted with the build, because nobody verified what the engine unpacked into it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

__all__ = ["create"]


def create(folder: Path, entries: Iterable[Path]) -> Path:
    """Create a package cache in `folder` with links to `entries` of the store, and return it."""
    packages = folder / "pkgs"
    packages.mkdir(parents=True)
    for entry in entries:
        mine = packages / entry.name.split("@")[0]
        mine.unlink(missing_ok=True)  # an earlier entry of the same name
        mine.symlink_to(entry)
        shutil.copyfile(entry.with_name(entry.name + ".lock"), mine.with_name(mine.name + ".lock"))
    return folder
