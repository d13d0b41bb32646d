"""The rules for exercises. tests/system/exercises/ hands in their known answers."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from crosscraft.building import new, templates
from crosscraft.lessons import series, workspace
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.kinds import checksums
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn, Kind
from crosscraft.paths import ROOT

ALL = list(judge.all_exercises().values())
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def cells(path: Path) -> list[str]:
    notebook = nbformat.read(path, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_each_kind_has_an_exercise() -> None:
    assert {exercise.kind for exercise in ALL} == set(Kind)


@pytest.mark.parametrize("lesson", series.lessons(), ids=lambda lesson: lesson.name)
def test_the_minutes_of_a_lesson_add_up_to_those_of_its_notebook(lesson: series.Lesson) -> None:
    minutes = [exercise.minutes for exercise in ALL if exercise.lesson == int(lesson.number)]
    assert sum(minutes) == lesson.exercises
    assert min(minutes) >= 2


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
class TestEvery:
    def test_has_three_steps_of_help(self, exercise: Exercise) -> None:
        steps = (exercise.hint, exercise.part, str(exercise.solution))
        assert all(steps)
        assert len(set(steps)) == 3

    def test_has_blanks_that_are_seen(self, exercise: Exercise, tmp_path: Path) -> None:
        lines = [line for line in exercise.given.splitlines() if BLANK in line]
        file = tmp_path / (Path(exercise.path).name or "none")
        for line in lines:
            file.write_text(f"{line}\n", encoding="utf-8")
            assert "still has a blank in line 1" in str(judge.missing(exercise, file))

    def test_has_known_answers(self, exercise: Exercise) -> None:
        assert len(exercise.right) >= 2
        assert len({wrong.says for wrong in exercise.wrong}) >= 3

    def test_has_one_that_only_looks_right_if_it_is_built(self, exercise: Exercise) -> None:
        if exercise.hands_in is not HandsIn.VALUE:
            assert any(wrong.looks_right for wrong in exercise.wrong)

    def test_begins_with_blanks_if_they_are_to_be_filled(self, exercise: Exercise) -> None:
        if exercise.kind is Kind.FILL and exercise.hands_in is HandsIn.FILE:
            assert BLANK in exercise.given

    def test_its_notebook_asks_it_with_the_placeholder(self, exercise: Exercise) -> None:
        (path,) = (one for one in NOTEBOOKS if one.name.startswith(f"{exercise.lesson:02}-"))
        asked = [cell for cell in cells(path) if f'lesson.check("{exercise.name}"' in cell]
        assert len(asked) == 1
        if exercise.hands_in is HandsIn.VALUE:
            assert asked[0].startswith("answer = ...\n")
        if exercise.given:
            head = f"%%writefile {{project}}/{exercise.path}\n"
            written = [cell.removeprefix(head) for cell in cells(path) if cell.startswith(head)]
            earlier = [str(one.solution) for one in ALL if one.path == exercise.path]
            made = new.render(checksums.NAME, templates.DEFAULT).values()
            assert exercise.given.strip() in [one.strip() for one in (*written, *earlier, *made)]


def test_every_exercise_that_a_notebook_names_exists() -> None:
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r'lesson\.(?:check|hint|solution|go_on)\(\\"([a-z-]+)\\"', text):
            assert judge.find(name).lesson == int(path.name[:2])


@pytest.mark.parametrize("file", workspace.FILES, ids=lambda file: file.path)
def test_the_reference_of_a_file_is_the_solution_of_its_exercise(file: workspace.Written) -> None:
    if file.exercise:
        exercise = judge.find(file.exercise)
        assert exercise.path == file.path
        assert exercise.solution == workspace.reference(file)
        assert exercise.lesson == file.lesson


@pytest.mark.parametrize("file", workspace.FILES, ids=lambda file: file.path)
def test_a_change_of_a_file_is_what_its_exercise_asks_for(file: workspace.Written) -> None:
    if file.change:
        exercise = judge.find(file.change.exercise)
        assert (exercise.path, exercise.lesson) == (file.path, file.change.lesson)
        assert exercise.solution == workspace.reference(file)
        assert workspace.reference(file, exercise.lesson) in [one.answer for one in exercise.wrong]
