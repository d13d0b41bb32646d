"""Where a learner is in the series: the exercises in their order, and the one to go on with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from crosscraft.lessons import series
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import Exercise
from crosscraft.lessons.record import Entry

__all__ = ["course", "current", "passed"]

_CHECK = re.compile(r'lesson\.check\(\\"([\w-]+)\\"')
"""A check in the JSON of a notebook."""


@cache
def course() -> tuple[Exercise, ...]:
    """Return all exercises in the order of the notebooks."""
    names: list[str] = []
    for notebook in sorted(series.NOTEBOOKS.glob("[0-9][0-9]-*.ipynb")):
        names += _CHECK.findall(notebook.read_text(encoding="utf-8"))
    # An exercise that no notebook checks comes last in its lesson.
    place = {name: names.index(name) for name in names}
    known = judge.all_exercises().values()
    return tuple(sorted(known, key=lambda e: (e.lesson, place.get(e.name, len(names)))))


def current(entries: Mapping[str, Entry], exercises: Sequence[Exercise]) -> Exercise | None:
    """Return the exercise to go on with, or None if all are passed.

    It's the one that was tried last. If that one is passed, it's the next one that isn't.
    """
    tried = [entries.get(exercise.name, Entry()).last_tried for exercise in exercises]
    last = max(range(len(tried)), key=lambda place: (tried[place], place), default=0)
    start = last if any(tried) else 0
    ahead = [*exercises[start:], *exercises[:start]]
    return next((one for one in ahead if not passed(entries, one)), None)


def passed(entries: Mapping[str, Entry], exercise: Exercise) -> bool:
    """Whether an exercise was passed."""
    return bool(entries.get(exercise.name, Entry()).passed)
