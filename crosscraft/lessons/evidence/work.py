"""What a learner hands in, and a temporary folder where a check works on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.system import files, scratch
from crosscraft.system.console import Console

__all__ = ["LEFT_OUT", "Work", "begin", "copy_project"]

LEFT_OUT = ("output", "build", ".pixi", "__pycache__")
"""Folders of a project that are made by tools and are not handed in."""

_LARGEST = 1_000_000
"""Bytes of the largest file that is read as an answer."""


@dataclass(frozen=True, slots=True)
class Work:
    """One answer, and the place and means to check it. The learner's own files are only read."""

    answer: object
    """The value that was handed in, or the path of the file or folder."""
    scratch: Path
    """A temporary folder. It is removed after the check."""
    console: Console
    """Where progress is shown."""
    lock: int
    """The descriptor that keeps the temporary folder."""
    evidence: list[str] = field(default_factory=list)
    """The lines that the verdict shows. A check adds to them what it sees."""

    def step(self, text: str) -> None:
        """Show what the check does now."""
        self.console.note(text)

    def see(self, line: str) -> None:
        """Add a line of evidence."""
        self.evidence.append(line)

    @property
    def path(self) -> Path:
        """The path that was handed in.

        :raises NotYet: if a value was handed in.
        """
        if not isinstance(self.answer, Path):
            raise NotYet('Hand in the file itself, by its path: `project / "…"`.')
        return self.answer

    def text(self) -> str:
        """Return the text of the file that was handed in.

        :raises NotYet: if it is not text, or very large.
        """
        return read(self.path)


def read(path: Path) -> str:
    """Return the text of a learner's file.

    :raises NotYet: if it cannot be read, is not text, or is very large.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise NotYet(f"{path.name} has more than a megabyte, so it's not the file asked for.")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise NotYet(f"The file {path.name} can't be read ({reason.lower()}).") from None


@contextmanager
def begin(answer: object, console: Console) -> Iterator[Work]:
    """Yield the work on `answer`, in a temporary folder of its own.

    :raises StorageError: if the folder cannot be created.
    """
    with scratch.folder(files.cache("checks"), "check-") as made, console:
        yield Work(answer, made.path, console, made.lock)


def copy_project(source: Path, folder: Path) -> Path:
    """Copy a project without what tools have made in it, and return `folder`.

    :raises NotYet: if it is no folder, or has much more than a project has.
    """
    if not source.is_dir():
        raise NotYet(f"There is no folder {source.name} yet. Make the project first.")
    size = sum(path.lstat().st_size for path in _files(source))
    if size > 20 * _LARGEST:
        raise NotYet(f"{source.name} has {size // 1_000_000} MB, so it's more than a project.")
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    return folder


def _files(project: Path) -> Iterator[Path]:
    """Yield the files of a project without what tools have made in it."""
    for top, folders, names in os.walk(project):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        yield from (Path(top, name) for name in names)
