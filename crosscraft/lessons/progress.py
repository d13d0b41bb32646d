"""`lesson.progress`: what one learner has tried and passed, and where to go on."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from crosscraft.lessons import position, record, room
from crosscraft.lessons.exercises.model import Exercise
from crosscraft.lessons.record import Entry
from crosscraft.paths import ROOT
from crosscraft.views.blocks import Paragraph, Table
from crosscraft.views.page import Page

__all__ = ["help_steps", "progress", "short"]

_HEAD = ("lesson", "exercise", "kind", "tries", "help", "passed", "last verdict")


def progress() -> Page:
    """Show which exercises you have tried and passed, and where to go on.

    :raises StorageError: if the record cannot be read.
    """
    entries = record.entries()
    exercises = position.course()
    rows = [_row(exercise, entries.get(exercise.name, Entry())) for exercise in exercises]
    done = sum(position.passed(entries, exercise) for exercise in exercises)
    return Page(
        (
            Table("Your exercises", _HEAD, rows, right=(3,), prose=True),
            Paragraph(f"{done} of {len(rows)} passed. {_next(entries)}"),
            Paragraph(_where(record.path())),
        )
    )


def help_steps(helped: int) -> str:
    """Return the steps of help that were shown, such as ``2 of 3``, or an empty text."""
    return f"{helped} of 3" if helped else ""


def short(verdict: str, width: int) -> str:
    """Return the message of a verdict on a wrong answer without its first words, in one line."""
    return textwrap.shorten(verdict.removeprefix("Not yet. "), width, placeholder=" …")


def _row(exercise: Exercise, entry: Entry) -> tuple[str, ...]:
    return (
        f"{exercise.lesson:02}",
        exercise.title,
        exercise.kind.name.lower(),
        str(entry.tries or ""),
        help_steps(entry.helped),
        entry.passed[: len("2026-11-30")],
        "" if entry.passed else short(entry.last, 140),
    )


def _next(entries: Mapping[str, Entry]) -> str:
    goal = position.current(entries, position.course())
    if goal is None:
        return "There is nothing left to do. Congratulations!"
    return f"Go on with lesson {goal.lesson:02}, {goal.title} ({goal.name})."


def _where(path: Path) -> str:
    joined = room.joined()
    shared = (
        f" A copy for your instructor is in the room, where you are {joined.name}. "
        "`lesson.leave()` removes it."
        if joined
        else ""
    )
    return f"The record is the file {_shown(path)}. You can read it, and delete it.{shared}"


def _shown(path: Path) -> str:
    """Return a path as people write it: relative to the clone, or to the home folder."""
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT))
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
