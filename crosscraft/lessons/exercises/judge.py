"""Find an exercise by its name, and check an answer to it."""

from __future__ import annotations

import importlib
import io
import pkgutil
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

from crosscraft.building.check import catalogue, entries
from crosscraft.errors import CrosscraftError, LessonError
from crosscraft.lessons import exercises
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.verdict import (
    NotYet,
    Refused,
    Verdict,
    not_attempted,
    not_yet,
)
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import repair
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn
from crosscraft.system.console import Console
from crosscraft.text import printable

__all__ = ["all_exercises", "find", "judge", "missing"]

_OTHERS = ("answers", "checking", "judge", "model")
"""The modules of this package that are not exercises."""

_LONGEST = 300
"""Characters of a tool's message that are shown."""

_UNFILLED = re.compile(rf"^(?:(?!//|# ).)*(?<!\w){BLANK}(?!\w)")
"""A line with a blank that is no comment, and no part of a longer word or ruler."""

_FOLDERS = re.compile(r"(?:/|\.\./)[^\s:'‘\"`]{60,}/")
"""The folders of a long path, which would leave no room for the message."""


@cache
def all_exercises() -> dict[str, Exercise]:
    """Return all exercises by name, in the order of the lessons."""
    found = (m for m in pkgutil.iter_modules(exercises.__path__) if m.name not in _OTHERS)
    modules = [
        importlib.import_module(f"{exercises.__name__}.{m.name}") for m in found if not m.ispkg
    ]
    every = (one for module in modules for one in _of(module))
    ordered = sorted(every, key=lambda exercise: exercise.lesson)
    return {exercise.name: exercise for exercise in ordered}


def _of(module: ModuleType) -> tuple[Exercise, ...]:
    """Return the exercises of a module, which has one or a table of them."""
    several: tuple[Exercise, ...] = getattr(module, "EXERCISES", ())
    return several or (module.EXERCISE,)


def find(name: str) -> Exercise:
    """Return the exercise called `name`.

    :raises LessonError: if there is no such exercise.
    """
    known = all_exercises()
    found = known.get(name) or repair.known(name)
    if found is None:
        raise LessonError(
            f"there is no exercise {name!r}", remedy=f"The exercises are: {', '.join(known)}."
        )
    return found


def judge(exercise: Exercise, answer: object, console: Console | None = None) -> Verdict:
    """Return the verdict on `answer`, whatever its type.

    :param answer: a value, or the path of the file or folder that the exercise asks for.
    :param console: where progress is shown. By default it isn't.
    :raises CrosscraftError: if a check cannot be made here, such as without a channel.
    """
    early = missing(exercise, answer)
    if early:
        return early
    with works.begin(answer, console or Console(io.StringIO())) as work:
        verdict = _checked(exercise, work)
    # The learner's programs wrote some of these lines.
    shown = tuple(printable(line) for line in verdict.evidence)
    return replace(verdict, text=printable(verdict.text), evidence=shown)


def missing(exercise: Exercise, answer: object) -> Verdict | None:
    """Return the verdict if nothing was handed in yet, or something of another sort."""
    if answer is ...:
        return not_attempted()
    if exercise.hands_in is HandsIn.VALUE:
        return not_yet("The answer is a value, not a file.") if isinstance(answer, Path) else None
    what = "file" if exercise.hands_in is HandsIn.FILE else "folder"
    if not isinstance(answer, Path):
        return not_yet(
            f"Hand in the {what} itself: "
            f'`lesson.check("{exercise.name}", project / "{exercise.path}")`.'
        )
    if not _exists(answer):
        return not_attempted(
            f"There is no {what} {_shown_path(exercise, answer)} yet. Make it first."
        )
    if answer.is_file() != (exercise.hands_in is HandsIn.FILE):
        return not_yet(f"{answer.name or 'The project'} is not a {what}.")
    return _untouched(exercise, answer) if answer.is_file() else _still_planted(exercise, answer)


def _exists(answer: Path) -> bool:
    """Whether there is such a file or folder, and we may see it."""
    try:
        return answer.exists()
    except OSError:
        return False


def _shown_path(exercise: Exercise, answer: Path) -> str:
    """Return the path below the project of what was handed in, if it's what was asked for."""
    return exercise.path if exercise.path and answer.match(exercise.path) else answer.name


def _untouched(exercise: Exercise, answer: Path) -> Verdict | None:
    """Return the verdict if the file has a blank, is as it was given, or is none of its kind."""
    ending = Path(exercise.path or answer).suffix
    if answer.suffix != ending:
        return not_yet(f"{answer.name} is another file. The one asked for ends in `{ending}`.")
    try:
        text = works.read(answer)
    except NotYet as wrong:
        return not_yet(wrong.text)
    if not text.strip():
        return not_attempted(f"{answer.name} is empty. Write it first.")
    lines = text.splitlines() if BLANK in exercise.given else ()
    blanks = [str(i) for i, line in enumerate(lines, start=1) if _UNFILLED.search(line)]
    if blanks:
        where = f"line {blanks[0]}" if len(blanks) == 1 else f"lines {', '.join(blanks)}"
        return not_attempted(f"{answer.name} still has a blank in {where}. Fill it in first.")
    if exercise.given and text.strip() == exercise.given.strip():
        return not_attempted(f"{answer.name} is still as it was given. Change it first.")
    return None


def _still_planted(exercise: Exercise, answer: Path) -> Verdict | None:
    """Return the verdict if the folder is as `lesson.plant` has made it."""
    if not exercise.trap:
        return None
    try:
        untouched = repair.untouched(catalogue.find(exercise.trap), answer)
    except OSError:  # the check says which file can't be read
        return None
    if not untouched:
        return None
    return not_attempted(
        f"{_shown_path(exercise, answer)} is still as it was planted. Repair it first."
    )


def _checked(exercise: Exercise, work: Work) -> Verdict:
    if isinstance(work.answer, Path) and work.answer.is_file():
        lines = len(works.read(work.answer).splitlines())
        shown = _shown_path(exercise, work.answer)
        work.see(f"read {shown} ({lines} line{'s' * (lines != 1)})")
    try:
        verdict = exercise.check(work)
    except NotYet as wrong:
        return not_yet(wrong.text, [*work.evidence, *_named(wrong.evidence, exercise, work)])
    except Refused as refused:
        named = Refused(refused.who, _named(refused.lines, exercise, work))
        return not_yet(_meaning(exercise, named), [*work.evidence, *_shown(named)])
    except CrosscraftError:
        raise
    except Exception as error:
        kind, reason = type(work.answer).__name__, printable(str(error))
        what = work.answer.name if isinstance(work.answer, Path) else f"An answer of type {kind}"
        return not_yet(
            f"{what} cannot be checked ({reason}). The question says what the answer should look "
            "like.",
            work.evidence,
        )
    return Verdict(verdict.result, verdict.text, (*work.evidence, *verdict.evidence))


def _named(lines: Sequence[str], exercise: Exercise, work: Work) -> list[str]:
    """Return `lines` with the learner's own name for the copy of a project that was checked."""
    own = exercise.path if exercise.hands_in is HandsIn.FOLDER else ""
    return [line.replace(f"{work.scratch}/project", own or "the project") for line in lines]


def _shown(refused: Refused) -> list[str]:
    """Return the tool's own first line, and the trap that it belongs to."""
    first = _FOLDERS.sub("…/", printable(" ".join(refused.lines[0].split())))[:_LONGEST]
    lines = [f"{refused.who}: {first}"]
    text = "\n".join(refused.lines)
    trap = next((line for line in refused.lines if line.startswith("trap: ")), "")
    return [*lines, *filter(None, [trap or entries.named(text)])]


def _meaning(exercise: Exercise, refused: Refused) -> str:
    """Return what a tool's message means in this exercise."""
    text = "\n".join(refused.lines)
    for pattern, meaning in exercise.meanings:
        if re.search(pattern, text):
            return meaning
    return "The message above is the first thing to fix. Then check again."
