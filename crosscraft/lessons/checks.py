"""`lesson.give`, `check`, `hint` and `go_on`: exercises as a notebook calls them."""

from __future__ import annotations

import codecs
import os
import sys
from functools import partial
from pathlib import Path

from crosscraft.building.check import catalogue
from crosscraft.errors import CommandError, LessonError
from crosscraft.jupyter.first_cell import not_begun
from crosscraft.lessons import record as records
from crosscraft.lessons import room, workspace
from crosscraft.lessons.exercises import answers, judge
from crosscraft.lessons.exercises.checking import NOT_RIGHT
from crosscraft.lessons.exercises.kinds import repair
from crosscraft.lessons.exercises.model import Exercise, HandsIn
from crosscraft.system import processes
from crosscraft.system.console import LESSON_VARIABLE

__all__ = ["check", "give", "go_on", "hint", "passes", "solution"]

_STEPS = ("a hint", "a part of the solution", "the solution")
"""The steps of help."""

_shown: dict[str, int] = {}
"""The step of help that this kernel has shown last, by exercise."""


def check(name: str, answer: object = ...) -> None:
    """Check your answer to an exercise, and print what to look at if it is not right yet.

    :param answer: a value, or the path of the file or folder that the exercise asks for. An
        exercise with a file or folder in your project takes that one by default.
    :raises LessonError: if there is no such exercise.
    """
    exercise = judge.find(name)
    answer = _default(exercise) if answer is ... else answer
    early = judge.missing(exercise, answer)
    if early:
        print(early)
    else:
        _judge(exercise, answer, show=True)


def hint(name: str) -> None:
    """Show the next step of help: a hint, then a part of the solution, then all of it.

    :raises LessonError: if there is no such exercise.
    """
    exercise = judge.find(name)
    step = _shown[name] = min(_shown.get(name, 0) + 1, len(_STEPS))
    records.helped(name, step)
    text = (exercise.hint, exercise.part, _solution(exercise))[step - 1]
    between = "\n\n" if "\n" in text.strip() else " "
    print(f"Help {step} of {len(_STEPS)}, {_STEPS[step - 1]}:{between}{text}")
    room.share()


def solution(name: str) -> None:
    """Show the solution of an exercise.

    :raises LessonError: if there is no such exercise.
    """
    exercise = judge.find(name)
    records.helped(name, len(_STEPS))
    print(_solution(exercise))
    room.share()


def give(name: str) -> None:
    """Make what an exercise starts from, in your project. A file that is there stays as it is.

    :raises LessonError: if there is no such exercise, or nothing to be made for it.
    """
    if LESSON_VARIABLE not in os.environ:
        raise not_begun()
    prepare = judge.find(name).prepare
    if prepare is None:
        raise LessonError(f"the exercise {name} gives you nothing", remedy="Just begin.")
    made = prepare(workspace.project())
    print(f"Made {', '.join(made)}." if made else "You have all of its files already.")


def go_on(name: str) -> None:
    """Go on from your file for the exercise `name` if it is right, and else from the reference.

    Yours is moved into a backup first, unless it is still as it was given.

    :raises LessonError: if there is no such exercise, or it asks for no file.
    """
    if LESSON_VARIABLE not in os.environ:
        raise not_begun()
    exercise = judge.find(name)
    if exercise.hands_in is not HandsIn.FILE or not isinstance(exercise.solution, str):
        raise LessonError(
            f"the exercise {name} has no file to go on from", remedy="Just run the next cell."
        )
    own = workspace.project() / exercise.path
    if own.is_file() and passes(exercise, own):
        print(f"The next cells use your {exercise.path}, because it passes {name}.")
        return
    kept = workspace.replace(exercise.path, exercise.solution, exercise.given)
    where = " Yours is in the workspace's folder backups." if kept else ""
    print(
        f"The next cells use the reference's {exercise.path}, because {name} isn't solved yet."
        f"{where}"
    )


def passes(exercise: Exercise, file: Path) -> bool:
    """Whether a learner's file passes an exercise now."""
    if records.has_passed(exercise.name, file):
        return True
    if judge.missing(exercise, file):
        return False
    return _judge(exercise, file, show=False) == 0


def _default(exercise: Exercise) -> object:
    """Return the path of what the exercise asks for, or the placeholder."""
    return workspace.project() / exercise.path if exercise.path else ...


def _solution(exercise: Exercise) -> str:
    if isinstance(exercise.solution, str):
        return exercise.solution
    parts = [f"# {path}\n{text}" for path, text in exercise.solution.items()]
    revealed = [repair.named(catalogue.find(exercise.trap))] if exercise.trap else []
    return "\n".join([*parts, *revealed])


def _judge(exercise: Exercise, answer: object, *, show: bool) -> int:
    """Check an answer in a child process, and return its exit status.

    :param show: whether to print what the process prints, as it comes.
    :raises CommandError: if the check could not be made.
    """
    argv = [sys.executable, "-m", "crosscraft.lessons.exercises.checking", exercise.name]
    env = processes.clean_environment(network=True)
    printed = ""
    try:
        with processes.start(argv, env=env, stdin=answers.encode(answer)) as started:
            assert started.process.stdout is not None
            # Read pieces, not lines, because the progress line has no end of line.
            pieces = iter(partial(os.read, started.process.stdout.fileno(), 4096), b"")
            for piece in codecs.iterdecode(pieces, "utf-8", errors="replace"):
                printed += piece
                if show:
                    print(piece, end="", flush=True)
            status = started.process.wait()
    except KeyboardInterrupt:
        raise LessonError(
            f"the check of {exercise.name} was interrupted",
            remedy="Nothing was changed. Run the cell again to check.",
        ) from None
    if status not in (0, NOT_RIGHT):
        raise CommandError(
            f"the check of {exercise.name} could not be made",
            remedy="Fix the error shown above, and run this cell again.",
            detail=() if show else printed.splitlines(),
        )
    return status
