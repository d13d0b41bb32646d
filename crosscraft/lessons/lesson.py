"""The functions that notebooks call: to begin a lesson, give its cells variables, and check."""

from __future__ import annotations

import codecs
import os
import sys
from functools import partial
from pathlib import Path

from crosscraft.building.engines import available
from crosscraft.building.engines.interface import Engine
from crosscraft.channel import output as outputs
from crosscraft.errors import CommandError, EngineError
from crosscraft.jupyter import cells
from crosscraft.jupyter.activation import ACTIVE
from crosscraft.jupyter.first_cell import not_begun
from crosscraft.lessons import record as records
from crosscraft.lessons import workspace, writing
from crosscraft.lessons.activation import activate
from crosscraft.lessons.checks import check, give, go_on, hint, passes, solution
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.planting import plant
from crosscraft.lessons.progress import progress
from crosscraft.lessons.room import join, leave
from crosscraft.lessons.room_table import room
from crosscraft.platforms import Platform, lookup, native
from crosscraft.system import files, locks, processes
from crosscraft.system.console import LESSON_VARIABLE
from crosscraft.system.workspace import shown

__all__ = [
    "activate", "begin", "catch_up", "check", "give", "go_on", "hint", "join", "leave", "plant",
    "progress", "reset", "room", "solution",
]  # fmt: skip

_BUILDS: tuple[tuple[int, str | None, tuple[int, ...]], ...] = (
    (2, None, (5, 6)),
    (5, "linux-aarch64", (6,)),
)
"""The lessons that build packages into the output folder, their platforms, and the lessons that
begin with these packages."""

_CHECKS_THE_MACHINE = 0
"""The lesson that begins with the checks of `crosscraft doctor`."""


def begin(number: int, engine: str | None = None) -> Path:
    """Begin lesson `number`. The project folder becomes the working directory and gets the missing
    files of earlier lessons. A file of yours stays, unless it fails the exercise that it is for.
    Then the lesson goes on from the reference, and yours is moved into a backup.

    :param engine: the program that `crosscraft build` uses in this notebook, such as ``pixi``. By
        default, the variable CROSSCRAFT_ENGINE names it.
    :return: the project folder, relative to the working directory. Cells use it to write files, so
        that a cell fails if it runs before this call, and writes nothing beside the notebooks.
    :raises LessonError: if there is no such lesson.
    :raises EngineError: if the engine is unknown, or not on this machine.
    """
    chosen = _engine(engine)
    files.keep_from_others()
    written = workspace.fill(number)
    os.chdir(workspace.project())
    os.environ[LESSON_VARIABLE] = str(number)
    # Kernels request colour, and notebooks would store its escape codes in their outputs.
    os.environ["NO_COLOR"] = "1"
    for name in ("FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        os.environ.pop(name, None)
    cells.set_up()
    writing.set_up()
    ACTIVE.end()
    if number == _CHECKS_THE_MACHINE:
        _report_what_is_missing()
    print(f"Lesson {number} begins in the folder {shown(workspace.project())}.")
    if chosen:
        print(f"`crosscraft build` uses {chosen.name} {chosen.version()} in this notebook.")
    if written:
        print(f"Added from earlier lessons: {', '.join(written)}.")
    _replace_unsolved(number)
    _build_missing(number)
    return Path()


def catch_up() -> None:
    """Replace your files of earlier lessons that differ from the answer key.

    Your versions are moved into a backup first.
    """
    number = _current_number()
    written = workspace.catch_up(number)
    if not written:
        print("Nothing to catch up on: your files are the same as in the answer key.")
        return
    print(f"Replaced: {', '.join(written)}. Your versions are in the workspace's backups folder.")
    _build_missing(number, again=True)


def reset() -> None:
    """Begin the lesson again, after moving everything in the project folder into a backup."""
    number = _current_number()
    backup = workspace.reset()
    print(
        "The project folder was empty."
        if backup is None
        else "Your files are in the workspace's backups folder."
    )
    begin(number)


def _engine(name: str | None) -> Engine | None:
    """Return the engine called `name`, and make it the choice of this kernel's commands."""
    if name is None:
        return None
    try:
        engine = available.choose(name)
    except EngineError as error:
        remedy = f"Install it, or leave out `engine={name!r}`, and run the cell again."
        if name not in available.ENGINES:
            remedy = error.remedy
        raise EngineError(error.what, looked=error.looked, remedy=remedy) from None
    os.environ[available.VARIABLE] = name
    return engine


def _current_number() -> int:
    number = os.environ.get(LESSON_VARIABLE)
    if not number:
        raise not_begun()
    return int(number)


def _report_what_is_missing() -> None:
    """Print what `crosscraft doctor` prints, if this machine lacks something, and else nothing."""
    doctor = [str(Path(sys.executable).with_name("crosscraft")), "doctor"]
    # Like a build, doctor needs the proxies for a remote channel.
    found = processes.run(doctor, env=processes.clean_environment(network=True), check=False)
    if found.status:
        print("This machine lacks something that the lessons need.\n")
        print(*found.lines, "", sep="\n")


def _replace_unsolved(number: int) -> None:
    """Go on from the reference where a file of an earlier lesson does not pass its exercise."""
    for file in workspace.differing(number):
        if file.exercise and not _may_stay(file):
            workspace.replace(file.path, workspace.reference(file, number))
            print(
                f"Your {file.path} doesn't pass {file.exercise} yet, so this lesson uses the "
                "reference. Yours is in the workspace's folder backups."
            )


def _may_stay(file: workspace.Written) -> bool:
    """Whether a learner's file passes its exercise, or cannot be checked here.

    The lesson that asks for a change has checked the rest of the file when it began.
    """
    own = workspace.project() / file.path
    if file.change and records.has_passed(file.change.exercise, own):
        return True
    try:
        return passes(judge.find(file.exercise), own)
    except CommandError:
        return True


def _build_missing(number: int, again: bool = False) -> None:
    """Build the missing packages of earlier lessons from the current files."""
    output = Path("output")
    for lesson, name, needed_by in _BUILDS:
        target = native() if name is None else lookup(name)
        if number not in needed_by:
            continue
        # Another kernel may begin a lesson in this workspace. The lock prevents a second build.
        with locks.lock(f"the packages for {target.subdir} in {output.absolute()}", print):
            if again or not outputs.is_indexed(output, target.subdir):
                print(f"Building for {target.subdir}, as lesson {lesson} does:")
                _build(target, output)


def _build(target: Platform, output: Path) -> None:
    """Build with the command line, as the learner would."""
    argv = [str(Path(sys.executable).with_name("crosscraft")), "build"]
    argv += ["--target-platform", target.subdir, "--output-dir", str(output)]
    # crosscraft needs the proxies for a remote channel. It decides what the engine gets of them.
    with processes.start(argv, env=processes.clean_environment(network=True)) as started:
        assert started.process.stdout is not None
        # Read pieces, not lines, because the progress bar has no end of line.
        pieces = iter(partial(os.read, started.process.stdout.fileno(), 4096), b"")
        for text in codecs.iterdecode(pieces, "utf-8", errors="replace"):
            print(text, end="", flush=True)
        status = started.process.wait()
    if status:
        raise CommandError(
            f"crosscraft ended with exit status {status}", remedy="See its last lines above."
        )
