"""Find an exercise by its name, and check an answer to it."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from crosscraft.errors import LessonError
from crosscraft.lessons import exercises
from crosscraft.lessons.exercises.model import Exercise, Verdict, not_attempted, not_yet

__all__ = ["all_exercises", "find", "judge"]

_OTHERS = ("judge", "model")
"""The modules of this package that are not exercises."""


@cache
def all_exercises() -> dict[str, Exercise]:
    """Return all exercises by name, in the order of the lessons."""
    modules = (m.name for m in pkgutil.iter_modules(exercises.__path__) if m.name not in _OTHERS)
    found = [importlib.import_module(f"{exercises.__name__}.{name}").EXERCISE for name in modules]
    found.sort(key=lambda exercise: exercise.lesson)
    return {exercise.name: exercise for exercise in found}


def find(name: str) -> Exercise:
    """Return the exercise called `name`.

    :raises LessonError: if there is no such exercise.
    """
    known = all_exercises()
    if name not in known:
        raise LessonError(
            f"there is no exercise {name!r}", remedy=f"The exercises are: {', '.join(known)}."
        )
    return known[name]


def judge(exercise: Exercise, answer: object) -> Verdict:
    """Return the verdict on `answer`. It never raises, whatever the type of the answer.

    :param answer: a value, or the `Path` of the file that the exercise asks for.
    """
    if answer is ...:
        return not_attempted()
    if isinstance(answer, Path):
        try:
            answer = answer.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            return not_yet(f"The file {answer} cannot be read ({error}). Write it first.")
    try:
        return exercise.check(answer)
    except Exception as error:
        kind = type(answer).__name__
        return not_yet(
            f"An answer of type {kind} cannot be checked ({error}). The question says what the "
            "answer should look like."
        )
