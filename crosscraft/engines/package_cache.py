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

_LOCK_SIZE = 40
"""Bytes of rattler's lock file: a revision (8) and the SHA-256 of the package (32)."""


def borrow(folder: Path) -> Path:
    """Make `folder` a package cache that has all shared packages, and return it."""
    packages = folder / "pkgs"
    packages.mkdir(parents=True)
    shared = [entry for entry in _shared().iterdir() if "@" in entry.name and entry.is_dir()]
    for entry in sorted(shared, key=lambda entry: entry.stat().st_mtime_ns):
        lock = entry.with_name(entry.name + ".lock")
        if lock.exists():
            mine = packages / entry.name.split("@")[0]
            mine.unlink(missing_ok=True)  # an older one of that name
            mine.symlink_to(entry)
            shutil.copyfile(lock, mine.with_name(mine.name + ".lock"))
    return folder


def give_back(folder: Path, but: Container[str]) -> None:
    """Move what a build unpacked into the shared cache.

    There it is kept by its checksum as well: one of the same name from another channel neither
    hides it nor is taken from under a build that uses it.

    :param but: names of the packages that it built itself, which stay behind.
    """
    for entry in sorted((folder / "pkgs").iterdir()):
        lock = entry.with_name(entry.name + ".lock")
        # rattler writes this file's content when the entry is whole.
        if not lock.exists() or lock.stat().st_size != _LOCK_SIZE:
            continue
        name = entry.name.rsplit("-", 2)[0]
        if entry.is_symlink() or not entry.is_dir() or name in but:
            continue
        target = _shared() / f"{entry.name}@{_checksum(lock)}"
        # Another build may have been faster: then its copy stays.
        with contextlib.suppress(OSError):
            if not target.exists():
                # The entry last: one without its lock would neither be used nor replaced.
                storage.write(target.with_name(target.name + ".lock"), lock.read_bytes())
                os.rename(entry, target)


def _checksum(lock: Path) -> str:
    """The start of the SHA-256 of the package that an entry was unpacked from.

    rattler's lock file is a revision of eight bytes and then that checksum.
    """
    return lock.read_bytes()[8:].hex()[:16]


def _shared() -> Path:
    return storage.cache("build-packages")
