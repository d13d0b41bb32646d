"""Hand in the known answers to exercises, and compare their verdicts with what is expected."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscraft.building.check import catalogue, reproductions
from crosscraft.lessons.evidence.verdict import Result
from crosscraft.lessons.evidence.work import LEFT_OUT
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.kinds import built, repair
from crosscraft.lessons.exercises.model import Exercise, HandsIn
from crosscraft.paths import ROOT


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


def cases(lesson: int) -> list[Case]:
    """Return the known answers to the exercises of a lesson."""
    every = (one for one in judge.all_exercises().values() if one.lesson == lesson)
    return [case for exercise in every for case in _cases(exercise)]


def _cases(exercise: Exercise) -> Iterator[Case]:
    solution: Any = exercise.solution
    if exercise.hands_in is HandsIn.VALUE:
        solution = ast.literal_eval(exercise.solution)  # type: ignore[arg-type]
    elif exercise.given:
        yield Case(exercise, exercise.given, Result.NOT_ATTEMPTED, "", "given")
    yield Case(exercise, solution, Result.PASSED, "", "solution")
    for i, answer in enumerate(exercise.right):
        assert answer != solution
        yield Case(exercise, answer, Result.PASSED, "", f"right-{i}")
    for i, wrong in enumerate(exercise.wrong):
        yield Case(exercise, wrong.answer, Result.NOT_YET, wrong.says, f"wrong-{i}")


def hand_in(exercise: Exercise, answer: Any, folder: Path) -> Any:
    """Return what a learner hands in, made in `folder`."""
    if exercise.hands_in is HandsIn.VALUE:
        return answer
    if callable(answer):
        return answer(folder)
    place = folder / (exercise.path or "answer")
    if exercise.hands_in is HandsIn.FILE:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(answer, encoding="utf-8")
        return place
    if exercise.base:
        shutil.copytree(ROOT / exercise.base, place, ignore=shutil.ignore_patterns(*LEFT_OUT))
    if exercise.trap:
        reproductions.plant(repair.reproduction_of(catalogue.find(exercise.trap)), place)
        place = place / "project"
    assert isinstance(answer, Mapping)
    built.write(place, answer)
    built.build(place, exercise.built_for)
    return place


def tree(folder: Path) -> dict[Path, bytes]:
    """Return the files below a folder, and what is in them."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def prove(case: Case, folder: Path) -> None:
    """Check that an answer gets its verdict, and that the learner's folder stays as it was."""
    answer = hand_in(case.exercise, case.answer, folder)
    before = tree(folder)
    verdict = judge.judge(case.exercise, answer)
    assert verdict.result is case.result, str(verdict)
    assert case.says in str(verdict)
    assert tree(folder) == before
