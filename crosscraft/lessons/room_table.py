"""An instructor's view of a room: a row for each learner, who is stuck, and what goes wrong."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from crosscraft.errors import LessonError, StorageError
from crosscraft.lessons import position, room_file
from crosscraft.lessons.exercises.model import Exercise
from crosscraft.lessons.progress import help_steps, short
from crosscraft.lessons.record import Entry
from crosscraft.lessons.room import VARIABLE
from crosscraft.lessons.room_file import Learner
from crosscraft.system import regular_file, storage_errors
from crosscraft.views.blocks import Block, Paragraph, Table
from crosscraft.views.page import Page

__all__ = ["Mistake", "Room", "Row", "page", "read", "room"]

_MOST_FILES = 2000
"""Files of a room that are looked at. Anybody in the room could make millions."""
_PRESENT = 120
"""Minutes after the last try in which a learner counts as present, and so as stuck."""
_STUCK, _MISTAKES = 5, 8
"""Rows of the tables below the first one."""


@dataclass(frozen=True, slots=True)
class Row:
    """Where one learner is. An exercise that all have passed is empty, and a time is None."""

    learner: str
    """The learner's name in the room."""
    lesson: int | None
    """The lesson of the exercise."""
    exercise: str
    """The exercise that was tried last, or the next one if it is passed."""
    passed: int
    """How many exercises are passed."""
    minutes: int | None
    """Minutes since the last try at any exercise."""
    stuck: int | None
    """Minutes since the first try at this exercise."""
    tries: int
    """Tries at this exercise."""
    helped: int
    """Steps of help with this exercise, up to 3."""
    verdict: str
    """The last verdict on this exercise."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong verdict, and how common it is."""

    exercise: str
    """The exercise."""
    verdict: str
    """The verdict."""
    learners: int
    """How many learners got it."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the files of a room say."""

    rows: tuple[Row, ...]
    """The learners, by name."""
    mistakes: tuple[Mistake, ...]
    """The wrong verdicts, the most common first."""
    exercises: int
    """How many exercises the series has."""
    left_out: int
    """Files of the folder that are no records of learners."""

    def as_json(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        return asdict(self)


def room(folder: str | os.PathLike[str] = "") -> Page:
    """Show how far the learners of a room are.

    :param folder: the room's folder. By default it's that of ``CROSSCRAFT_ROOM``.
    :raises LessonError: if no folder is named.
    :raises StorageError: if it cannot be read.
    """
    named = os.fspath(folder) or os.environ.get(VARIABLE, "")
    if not named:
        raise LessonError(
            "there is no folder of a room", remedy="Name it, or set CROSSCRAFT_ROOM to its path."
        )
    return page(read(Path(named)))


def read(folder: Path, now: datetime | None = None) -> Room:
    """Return what the files in `folder` say. Files that are no records of learners are counted.

    :param now: the time to count minutes from. By default it's the present.
    :raises StorageError: if the folder cannot be read.
    """
    now = now or datetime.now(UTC)
    try:
        with os.scandir(folder) as entries:
            # A dot begins the name of a file that is not complete yet.
            visible = (entry.name for entry in entries if not entry.name.startswith("."))
            names = sorted(islice(visible, _MOST_FILES))
    except OSError as error:
        raise StorageError(
            f"the room's folder {str(folder)!r} cannot be read: {storage_errors.reason(error)}",
            remedy="Name the folder that CROSSCRAFT_ROOM has for the learners. Its owner and its "
            "group can read it.",
        ) from None
    learners = [one for name in names if (one := _learner(folder / name))]
    known = position.course()
    rows = sorted((_row(one, known, now) for one in _told_apart(learners)), key=_by_name)
    mistakes = Counter(mistake for _, one in learners for mistake in _mistakes(one, known))
    common = sorted(mistakes.items(), key=lambda item: (-item[1], item[0]))
    return Room(
        rows=tuple(rows),
        mistakes=tuple(Mistake(*what, count) for what, count in common),
        exercises=len(known),
        left_out=len(names) - len(learners),
    )


def page(found: Room) -> Page:
    """Return the facts about a room, for a terminal or a notebook."""
    return Page(tuple(_blocks(found)))


def _learner(path: Path) -> tuple[str, Learner] | None:
    """Return the file's random part and its learner, or None if it is no record."""
    try:
        if path.suffix != ".json" or path.is_symlink():  # a link could show a file of the reader
            return None
        with regular_file.open_regular(path) as file:
            data = file.read(room_file.LARGEST + 1)
        if len(data) > room_file.LARGEST:
            return None
        return path.stem.rpartition("-")[2], room_file.of_text(data)
    except (OSError, ValueError):
        return None


def _told_apart(learners: Sequence[tuple[str, Learner]]) -> Iterator[Learner]:
    """Yield the learners. Names that several have get the random part of their files."""
    count = Counter(learner.name for _, learner in learners)
    for part, learner in learners:
        again = count[learner.name] > 1
        yield Learner(f"{learner.name} ({part[:4]})", learner.entries) if again else learner


def _row(learner: Learner, known: Sequence[Exercise], now: datetime) -> Row:
    goal = position.current(learner.entries, known)
    entry = learner.entries.get(goal.name, Entry()) if goal else Entry()
    last = max((one.last_tried for one in learner.entries.values()), default="")
    return Row(
        learner=learner.name,
        lesson=goal.lesson if goal else None,
        exercise=goal.name if goal else "",
        passed=sum(position.passed(learner.entries, exercise) for exercise in known),
        minutes=_minutes(last, now),
        stuck=_minutes(entry.first_tried, now),
        tries=entry.tries,
        helped=entry.helped,
        verdict=entry.last,
    )


def _minutes(time: str, now: datetime) -> int | None:
    """Return the minutes since `time`. A clock that is ahead makes it none."""
    then = room_file.as_time(time)
    return max(0, int((now - then).total_seconds() // 60)) if then else None


def _mistakes(learner: Learner, known: Sequence[Exercise]) -> set[tuple[str, str]]:
    """Return the different wrong verdicts that a learner got, each with its exercise."""
    return {
        (exercise.name, verdict)
        for exercise in known
        for verdict in learner.entries.get(exercise.name, Entry()).wrong
    }


def _by_name(row: Row) -> tuple[tuple[int, str, int], ...]:
    """Return a key that sorts ``seat 9`` before ``seat 10``."""
    parts = re.findall(r"[0-9]+|[^0-9]+", row.learner.lower())
    return tuple((0, "", int(one)) if one[0] in "0123456789" else (1, one, 0) for one in parts)


def _blocks(found: Room) -> Iterator[Block]:
    yield Table(
        f"Learners in the room: {len(found.rows)}",
        ("learner", "exercise", "passed", "last try", "tries", "help", "last verdict"),
        [_cells(row, found.exercises) for row in found.rows],
        note=f"Left out: {found.left_out} files that are no records." if found.left_out else "",
        right=(2, 3, 4),
        prose=True,
    )
    if not found.rows:
        yield Paragraph('Nobody is here yet. Learners join with `lesson.join("seat 7")`.')
    if stuck := _stuck(found.rows):
        yield Table(
            "Stuck longest",
            ("learner", "exercise", "since", "tries"),
            [(_name(r), _place(r), _ago(r.stuck), str(r.tries)) for r in stuck[:_STUCK]],
            right=(2, 3),
        )
    if found.mistakes:
        common = found.mistakes[:_MISTAKES]
        yield Table(
            "Most common wrong answers",
            ("exercise", "learners", "verdict"),
            [(m.exercise, str(m.learners), short(m.verdict, 140)) for m in common],
            right=(1,),
            prose=True,
        )


def _stuck(rows: Sequence[Row]) -> list[Row]:
    """Return the learners who work on an exercise that they have tried, the longest first."""
    found = [r for r in rows if r.stuck is not None and (r.minutes or 0) < _PRESENT]
    return sorted(found, key=lambda row: -(row.stuck or 0))


def _cells(row: Row, exercises: int) -> tuple[str, ...]:
    return (
        _name(row),
        _place(row),
        f"{row.passed} of {exercises}",
        _ago(row.minutes),
        str(row.tries or ""),
        help_steps(row.helped),
        short(row.verdict, 76),  # one line of a terminal
    )


def _name(row: Row) -> str:
    return row.learner if len(row.learner) <= 20 else f"{row.learner[:19]}…"


def _place(row: Row) -> str:
    return f"{row.lesson:02} {row.exercise}" if row.exercise else "finished"


def _ago(minutes: int | None) -> str:
    if minutes is None:
        return ""
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h"
