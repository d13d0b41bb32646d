"""A package cache for one build, with the packages of the channel that it may use.

rattler-build keeps unpacked packages by name, version and build string. A learner's package
keeps those three while its contents change, and its tests were seen to run from an older copy.
So each build gets a cache of its own: links to packages of
:mod:`crosscraft.environments.store`, and nothing of what it builds itself. What it unpacks goes
with it: nobody compared that with a checksum, and no later build may trust it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

__all__ = ["create"]


def create(folder: Path, entries: Iterable[Path]) -> Path:
    """Make `folder` a package cache that has these entries of the store, and return it."""
    packages = folder / "pkgs"
    packages.mkdir(parents=True)
    for entry in entries:
        mine = packages / entry.name.split("@")[0]
        mine.unlink(missing_ok=True)  # another one of that name
        mine.symlink_to(entry)
        shutil.copyfile(entry.with_name(entry.name + ".lock"), mine.with_name(mine.name + ".lock"))
    return folder
