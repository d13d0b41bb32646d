"""Hand in the known answers to exercises, and compare their verdicts with what is expected."""

from __future__ import annotations

import ast
import functools
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from crosscraft.building.check import catalogue, reproductions
from crosscraft.lessons import workspace
from crosscraft.lessons.evidence import parts
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.parts import Parts
from crosscraft.lessons.evidence.verdict import Result
from crosscraft.lessons.evidence.work import LEFT_OUT
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.kinds import built, repair
from crosscraft.lessons.exercises.model import Exercise, HandsIn
from crosscraft.paths import ROOT
from crosscraft.system.console import Console


@dataclass(frozen=True, slots=True)
class Case:
    """A known answer."""

    exercise: Exercise
    """The exercise."""
    answer: Any
    """The answer, in a form of `Exercise.right`."""
    result: Result
    """The expected result."""
    says: str
    """A part of the expected message."""
    label: str
    """What pytest shows."""

    def __str__(self) -> str:
        return f"{self.exercise.name}-{self.label}"


ANSWERS = {
    "few": (slice(0), slice(1)),
    "more": (slice(2), slice(1, 3)),
    "all": (slice(None), slice(None)),
}
"""The right answers beside the solution, and the wrong ones, that a run hands in to each exercise.
The first wrong one is one that looks right, where any does."""


def cases(lesson: int, answers: str) -> list[Case]:
    """Return known answers to the exercises of a lesson.

    :param answers: which of them, a key of :data:`ANSWERS`.
    """
    every = (one for one in judge.all_exercises().values() if one.lesson == lesson)
    return [case for exercise in every for case in _cases(exercise, answers)]


def _cases(exercise: Exercise, answers: str) -> Iterator[Case]:
    solution: Any = exercise.solution
    if exercise.hands_in is HandsIn.VALUE:
        solution = ast.literal_eval(exercise.solution)  # type: ignore[arg-type]
    if answers != "more":
        if exercise.given:
            yield Case(exercise, exercise.given, Result.NOT_ATTEMPTED, "", "given")
        elif exercise.trap:
            yield Case(exercise, {}, Result.NOT_ATTEMPTED, "", "given")
        yield Case(exercise, solution, Result.PASSED, "", "solution")
    some_right, some_wrong = ANSWERS[answers]
    for i, answer in enumerate(exercise.right[some_right]):
        assert answer != solution
        yield Case(exercise, answer, Result.PASSED, "", f"right-{i}")
    plain = [wrong for wrong in exercise.wrong if not wrong.looks_right]
    looking_right = [wrong for wrong in exercise.wrong if wrong.looks_right]
    for wrong in [*looking_right[:1], *plain, *looking_right[1:]][some_wrong]:
        label = f"wrong-{exercise.wrong.index(wrong)}"
        yield Case(exercise, wrong.answer, Result.NOT_YET, wrong.says, label)


def hand_in(exercise: Exercise, answer: Any, folder: Path) -> Any:
    """Return what a learner hands in, made in `folder`."""
    if exercise.hands_in is HandsIn.VALUE:
        if exercise.prepare:
            give(exercise, folder)
        return answer
    if callable(answer):
        return answer(folder)
    if exercise.hands_in is HandsIn.FOLDER and isinstance(answer, str):
        return _run(answer, folder / exercise.base, exercise)
    place = folder / (exercise.path or "answer")
    if exercise.hands_in is HandsIn.FILE:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(answer, encoding="utf-8")
        return place
    if exercise.built_for:
        assert isinstance(answer, Mapping)
        made = built.made(exercise.path, answer, exercise.built_for, base=exercise.base)
        return made(folder)
    built.begin(exercise.base, place)
    if exercise.trap:
        reproductions.plant(repair.reproduction_of(catalogue.find(exercise.trap)), place)
        place = place / "project"
    assert isinstance(answer, Mapping)
    built.write(place, answer)
    return place


def give(exercise: Exercise, folder: Path) -> None:
    """Give what an exercise starts from, in a workspace with packages of both platforms."""
    project = folder / workspace.project().relative_to(workspace.root())
    for subdir, made in extensions().items():
        parts.put_together(made, project / "output" / subdir / f"{made.stem}.conda")
    assert exercise.prepare is not None
    assert exercise.prepare(project)


@functools.cache
def extensions() -> dict[str, Parts]:
    """Return packages of the answer key for both platforms, compiled without an engine."""
    with works.begin(..., Console(io.StringIO())) as work:
        return {subdir: parts.finished(work, subdir) for subdir in ("linux-64", "linux-aarch64")}


def _run(commands: str, project: Path, exercise: Exercise) -> Path:
    """Return the folder that commands make, in a copy of a project or from what is prepared."""
    if exercise.base:
        shutil.copytree(ROOT / exercise.base, project, ignore=shutil.ignore_patterns(*LEFT_OUT))
    if exercise.prepare:
        exercise.prepare(project)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=project,
        env={**os.environ, "PATH": path},
        check=True,
        stdout=subprocess.PIPE,
    )
    return project / exercise.path


def tree(folder: Path) -> dict[Path, bytes]:
    """Return the files below a folder, and what is in them."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def prove(case: Case, folder: Path) -> None:
    """Check that an answer gets its verdict, and that the learner's folder stays as it was."""
    with mock.patch.dict(os.environ, {"CROSSCRAFT_WORKSPACE": str(folder)}):
        answer = hand_in(case.exercise, case.answer, folder)
        before = tree(folder)
        verdict = judge.judge(case.exercise, answer)
    assert verdict.result is case.result, str(verdict)
    assert case.says in str(verdict), str(verdict)
    assert tree(folder) == before
