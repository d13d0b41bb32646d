"""`lesson.plant`: a project with a bug, for the learner to repair."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from crosscraft.building.check import catalogue, reproductions
from crosscraft.building.check.model import Trap
from crosscraft.errors import LessonError
from crosscraft.jupyter.first_cell import not_begun
from crosscraft.lessons import workspace
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.kinds import repair
from crosscraft.lessons.exercises.model import Exercise
from crosscraft.system import storage_errors
from crosscraft.system.console import LESSON_VARIABLE
from crosscraft.text import table

__all__ = ["plant"]

_SHOWN = {
    "log": "the build fails",
    "effect": "nothing fails, and something is wrong",
    "package": "nothing fails, and the package is wrong",
}
"""How a bug shows, by where its trap is seen. A command that fails after the build is another."""


def plant(name: str = "") -> None:
    """Make a project with a bug in your project folder. Repair it, and check it.

    :param name: the name of an exercise, of a bug, or of a trap of ``docs/errors``. Without one,
        the bugs are listed.
    :raises LessonError: if there is no such bug, or it can't be seen on this machine.
    """
    if not name:
        print(_listed())
        return
    if LESSON_VARIABLE not in os.environ:
        raise not_begun()
    exercise = _find(name)
    reproduction = repair.reproduction_of(catalogue.find(exercise.trap))
    before = _plant(exercise)
    print(
        f"{before}{exercise.path} has a bug that shows when it's built for "
        f'{reproduction.platform}. Repair it there. lesson.check("{exercise.name}") builds it, and '
        "says what is still wrong."
    )


def _find(name: str) -> Exercise:
    """:raises LessonError: if there is no such bug, or it needs more than there is here."""
    lists = "`lesson.plant()` lists the bugs that you can plant."
    try:
        exercise = judge.find(name)
    except LessonError:
        exercise = None
    if exercise is None or not exercise.trap:
        known = any(trap.name == name for trap in catalogue.traps())
        why = f"{name!r} can't be seen on this machine" if known else f"there is no bug {name!r}"
        raise LessonError(why, remedy=lists)
    lacking = repair.needs(catalogue.find(exercise.trap))
    if lacking:
        raise LessonError(
            f"{name!r} needs packages that the channel lacks: {', '.join(lacking)}",
            remedy=f"Run `crosscraft channel add {' '.join(lacking)}`. {lists}",
        )
    return exercise


def _plant(exercise: Exercise) -> str:
    """Make the project, unless it's there already, and return a sentence about one that is."""
    folder = workspace.project() / exercise.path
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".planting-") as temporary:
            trap = catalogue.find(exercise.trap)
            fresh = reproductions.plant(repair.reproduction_of(trap), Path(temporary))
            if not os.path.lexists(folder):
                os.rename(fresh, folder)
                return ""
            if repair.untouched(trap, folder):
                return ""
    except OSError as error:
        raise storage_errors.explain(error, str(folder)) or error from None
    return (
        f"You have changed {exercise.path} already, so it stays as it is. Delete the folder to "
        "plant the bug again.\n"
    )


def _listed() -> str:
    """Return the bugs that can be planted here, without the names that spoil them."""
    rows = [
        (name, repair.reproduction_of(trap).platform, _shown(trap))
        for name, trap in sorted(repair.plantable().items())
        if not repair.needs(trap)
    ]
    return (
        f"{table(rows, ('bug', 'built for', 'how it shows'))}\n\n"
        f'lesson.plant("{rows[0][0]}") plants the first one.'
    )


def _shown(trap: Trap) -> str:
    reproduction = repair.reproduction_of(trap)
    later = reproduction.shown == "log" and reproduction.command
    return "a later command fails" if later else _SHOWN[reproduction.shown]
