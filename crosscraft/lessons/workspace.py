"""Manage the learner's project folder: its files from each lesson, catching up, and resetting.

A learner's file is never lost. Before a file is replaced, it is moved into a dated backup.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import LessonError
from crosscraft.paths import ROOT
from crosscraft.system import files, storage_errors
from crosscraft.system.workspace import check_owned, lock, project, root, take_over

__all__ = [
    "FILES", "LESSONS", "Change", "Written", "back_up", "catch_up", "differing", "fill",
    "project", "reference", "replace", "reset", "root",
]  # fmt: skip

LESSONS = range(11)
"""The numbers of the lessons."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change that a later lesson makes to a finished file."""

    lesson: int
    """The number of the lesson that makes it."""
    exercise: str
    """The exercise that asks for it."""
    before: str
    """The text that the file has until then."""
    after: str
    """The text in the answer key."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that the learner writes in a lesson."""

    path: str
    """The path relative to the project and to the answer key."""
    lesson: int
    """The number of the lesson in which it is written."""
    exercise: str = ""
    """The exercise whose check a learner's own version has to pass, if there is one."""
    change: Change | None = None
    """What a later lesson changes in it, if anything."""


_FOR_PIXI = Change(
    5,
    "skip-for-pixi",
    '      skip: host_platform != "linux-64"\n',
    '      # pixi renders a noarch output once more, with "noarch" as the host platform.\n'
    '      skip: host_platform not in ("linux-64", "noarch")\n',
)
FILES = (
    Written("src/math.cpp", 1, "named-arguments"),
    Written("LICENSE", 2),
    Written("pixi.toml", 2, "manifest"),
    Written("recipe/recipe.yaml", 2, "second-output", _FOR_PIXI),
    Written("recipe/variants.yaml", 2),
    Written("CMakeLists.txt", 4, "three-branches"),
)
"""All files of the answer key, in the order of the lessons."""

_KEY = ROOT / "cpp_math"


def fill(lesson: int) -> list[str]:
    """Write the missing files of earlier lessons, and return their paths.

    :param lesson: the number of the lesson that begins.
    :raises LessonError: if there is no lesson of that number.
    """
    _check(lesson)
    with lock():
        take_over()
        return _fill(lesson)


def _check(lesson: int) -> None:
    if lesson not in LESSONS:
        raise LessonError(
            f"there is no lesson {lesson}",
            remedy=f"The lessons are {LESSONS.start} to {LESSONS.stop - 1}.",
        )
    check_owned()


def _fill(lesson: int) -> list[str]:
    files.check_writable(project(), "the project folder")
    missing = [f for f in FILES if f.lesson < lesson and _is_missing(f, lesson)]
    return [_write(file, lesson) for file in missing]


def _is_missing(file: Written, lesson: int) -> bool:
    """Whether a file isn't there, or is still as it was given before a change that was made."""
    own = project() / file.path
    if not own.exists():
        return True
    if file.change is None or lesson <= file.change.lesson or not own.is_file():
        return False
    return own.read_bytes() == reference(file, file.change.lesson).encode()


def catch_up(lesson: int) -> list[str]:
    """Write the files of earlier lessons that are missing or differ from the answer key.

    The learner's versions are moved into a backup first. Return the paths that were written.
    """
    _check(lesson)
    with lock():
        filled = _fill(lesson)
        differing = [f for f in FILES if f.lesson < lesson and not _same(f, lesson)]
        if differing:
            backup = _backup_folder()
            for file in differing:
                _move(project() / file.path, backup / file.path)
        return filled + [_write(file, lesson) for file in differing]


def differing(lesson: int) -> list[Written]:
    """Return the learner's files of earlier lessons that differ from the answer key."""
    earlier = (file for file in FILES if file.lesson < lesson)
    return [f for f in earlier if (project() / f.path).is_file() and not _same(f, lesson)]


def replace(path: str, text: str, given: str = "") -> bool:
    """Write `text` to the file `path` of the project, and return whether a backup was made.

    The learner's version is moved into a backup first, unless it is `text` or `given` already.
    """
    own = project() / path
    with lock():
        present = own.read_text(encoding="utf-8", errors="replace") if own.is_file() else ""
        kept = present.strip() not in ("", given.strip(), text.strip())
        if kept:
            _move(own, _backup_folder() / path)
        files.write(own, text)
    return kept


def back_up(path: str) -> None:
    """Move the file `path` of the project into a backup."""
    with lock():
        _move(project() / path, _backup_folder() / path)


def reset() -> Path | None:
    """Move everything in the project to a backup. Return its folder, or None if all was empty."""
    with lock():
        entries = sorted(project().iterdir()) if project().exists() else []
        if not entries:
            return None
        backup = _backup_folder()
        for entry in entries:
            _move(entry, backup / entry.name)
        return backup


def _same(file: Written, lesson: int) -> bool:
    """Whether the learner's file is a reference of the lesson, or already the answer key's."""
    own = project() / file.path
    references = (reference(file, lesson), reference(file))
    return own.is_file() and own.read_bytes() in [text.encode() for text in references]


def reference(file: Written, lesson: int | None = None) -> str:
    """Return the text of a file in the answer key.

    :param lesson: the number of the lesson that begins. Up to the lesson that changes the file, it
        has the text from before the change.
    """
    text = (_KEY / file.path).read_text(encoding="utf-8")
    if lesson is None or file.change is None or lesson > file.change.lesson:
        return text
    return text.replace(file.change.after, file.change.before)


def _write(file: Written, lesson: int) -> str:
    files.write(project() / file.path, reference(file, lesson))
    return file.path


def _backup_folder() -> Path:
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    for number in range(1000):
        folder = root() / "backups" / (stamp + (f"-{number}" if number else ""))
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            continue
    raise LessonError(
        "no backup folder could be created",
        looked=str(root() / "backups"),
        remedy="Empty that folder.",
    )


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(source, target)
        return
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise storage_errors.explain(error, str(source)) or error from None
    # The project can be a link to another disk. Copy to a temporary folder first, then rename.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".moving-") as folder:
        copy = Path(folder) / source.name
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, copy, symlinks=True)
        else:
            shutil.copy2(source, copy, follow_symlinks=False)
        os.sync()
        os.rename(copy, target)
    if source.is_dir() and not source.is_symlink():
        shutil.rmtree(source)
    else:
        source.unlink()
