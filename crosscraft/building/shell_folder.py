"""The folders of `crosscraft shell`: one for each project, output and platform, in the cache.

A folder outlives its shells, so that one can come back. Each shell shares a lock on it, which
also its commands hold. A folder in which nobody has been for some days is removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from crosscraft.errors import BuildError
from crosscraft.platforms import Platform
from crosscraft.system import files, locks

__all__ = ["Made", "ShellFolder", "copied", "copy_texts", "sweep"]

_KEPT = 14 * 24 * 3600.0
"""Seconds after the last visit until a folder is removed."""

_SMALL = 256 * 1024
"""Bytes of the largest file that is copied. Larger ones are no texts."""


@dataclass(frozen=True, slots=True)
class Made:
    """A complete folder."""

    fingerprint: str
    """The hash of the recipe, the packages and the engine that it was made of."""
    work: str
    """The folder with the sources, where the script runs."""
    host_prefix: str
    """The host environment."""
    build_prefix: str
    """The build environment."""
    sources: Mapping[str, float]
    """The files of the project that were copied, each with its time of change."""

    def changed(self) -> list[str]:
        """Return the files of the project that have changed since."""
        return [name for name, time in self.sources.items() if _time(Path(name)) != time]


@dataclass(frozen=True, slots=True)
class ShellFolder:
    """The folder for one project, output and platform."""

    path: Path
    """The folder."""

    @classmethod
    def of(cls, project: Path, output: str, target: Platform) -> ShellFolder:
        """Return the folder, which may not exist yet."""
        key = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:8]
        return cls(files.cache("shells") / f"{output}-{target.subdir}-{key}")

    @property
    def lock(self) -> Path:
        """The lock file. Its time of change is that of the last visit."""
        return _lock(self.path)

    @property
    def start(self) -> Path:
        """The script that bash reads first."""
        return self.path / "start.sh"

    @property
    def scripts(self) -> Path:
        """The folder that comes first on the PATH, if there is a compiler cache."""
        return self.path / "scripts"

    def made(self) -> Made | None:
        """Return what the folder has, or None if it is not complete."""
        try:
            return Made(**json.loads((self.path / "made.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def finish(self, made: Made) -> None:
        """Record that the folder is complete."""
        files.write(self.path / "made.json", json.dumps(asdict(made)))

    def enter(self) -> int:
        """Return the descriptor of the shared lock, for a shell to inherit."""
        held = locks.share(self.lock)
        os.utime(self.lock)
        os.set_inheritable(held, True)
        return held

    @contextlib.contextmanager
    def emptied(self) -> Iterator[int]:
        """Make the folder new, and yield the descriptor of the exclusive lock.

        A complete one is kept under another name until the next time. An error restores it.

        :raises BuildError: if a shell is in it.
        """
        held = locks.hold(self.lock)
        if held is None:
            raise BuildError(
                f"the folder cannot be made again, because a shell is open in {self.path}",
                remedy="Exit that shell, and run this again.",
            )
        complete = self.made() is not None
        try:
            if complete:
                files.discard(self.former)
                self.path.rename(self.former)
            files.discard(self.path)
            self.path.mkdir()
            yield held
        except BaseException:
            files.discard(self.path)
            if complete and self.former.exists():
                self.former.rename(self.path)
            raise
        finally:
            os.close(held)

    @property
    def former(self) -> Path:
        """The folder that this one has replaced."""
        return self.path.with_name(f"{self.path.name}.old")


def copied(work: Path, sources: Sequence[Path]) -> dict[str, float]:
    """Return the files of the folders `sources` that are also in `work`, with their times."""
    found = {}
    for source in sources:
        for file in work.rglob("*"):
            origin = source / file.relative_to(work)
            if origin.is_file():
                found[str(origin)] = _time(origin)
    return found


def copy_texts(prefix: Path) -> None:
    """Replace hard links to small files of the package store by copies.

    Whoever debugs a build may edit them, and the store's own files must not change.
    """
    for top, _, names in os.walk(prefix):
        for entry in (Path(top, name) for name in names):
            found = entry.lstat()
            if stat.S_ISREG(found.st_mode) and found.st_nlink > 1 and found.st_size <= _SMALL:
                copy = entry.with_name(f".{entry.name}.copy")
                shutil.copyfile(entry, copy)
                copy.chmod(stat.S_IMODE(found.st_mode))
                os.utime(copy, ns=(found.st_atime_ns, found.st_mtime_ns))
                copy.rename(entry)


def sweep() -> None:
    """Remove the folders in which nobody has been for some days."""
    for lock in files.cache("shells").glob("*.lock"):
        with contextlib.suppress(OSError):  # another process may be faster
            if time.time() - lock.stat().st_mtime < _KEPT:
                continue
            held = locks.hold(lock, create=False)
            if held is None:
                continue
            path = lock.with_name(lock.name.removesuffix(".lock"))
            for folder in (path, path.with_name(f"{path.name}.old")):
                files.discard(folder)
            locks.release(held, lock)


def _lock(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _time(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
