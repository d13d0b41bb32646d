"""A package cache for one build, over the one that all builds share.

rattler-build keeps unpacked packages by name, version and build string. A learner's package
keeps those three while its contents change, and its tests were seen to run from an older copy.
So each build gets a cache of its own: links to the shared packages of the channel, and
nothing of what it builds itself. What it unpacked from the channel joins the shared ones.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Container
from pathlib import Path

from crosscraft import storage

__all__ = ["borrow", "give_back"]


def borrow(folder: Path) -> Path:
    """Make `folder` a package cache that has all shared packages, and return it."""
    packages = folder / "pkgs"
    packages.mkdir(parents=True)
    for entry in _shared().iterdir():
        lock = entry.with_name(entry.name + ".lock")
        if entry.is_dir() and lock.exists():
            # The lock file holds the checksum that the package was unpacked from.
            shutil.copyfile(lock, packages / lock.name)
            (packages / entry.name).symlink_to(entry)
    return folder


def give_back(folder: Path, but: Container[str]) -> None:
    """Move what a build unpacked into the shared cache.

    :param but: names of the packages that it built itself, which stay behind.
    """
    for entry in sorted((folder / "pkgs").iterdir()):
        lock = entry.with_name(entry.name + ".lock")
        name = entry.name.rsplit("-", 2)[0]
        if entry.is_symlink() or not entry.is_dir() or not lock.exists() or name in but:
            continue
        # Another build may have been faster: then its copy stays.
        with contextlib.suppress(OSError):
            target = _shared() / entry.name
            if not target.exists():
                os.rename(entry, target)
                shutil.copyfile(lock, target.with_name(lock.name))


def _shared() -> Path:
    return storage.cache("build-packages")
