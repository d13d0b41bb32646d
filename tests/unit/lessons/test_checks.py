"""Checking, helping and going on, as a notebook calls them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from crosscraft.errors import CommandError, LessonError
from crosscraft.lessons import checks, lesson, workspace
from crosscraft.lessons import record as records
from crosscraft.lessons.exercises import judge
from crosscraft.system.console import LESSON_VARIABLE

NAME = "own-function"
EXERCISE = judge.find(NAME)


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "work"))
    monkeypatch.setenv(LESSON_VARIABLE, "8")
    monkeypatch.setattr(checks, "_shown", {})


def write(text: str) -> Path:
    path = workspace.project() / EXERCISE.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def solution() -> str:
    assert isinstance(EXERCISE.solution, str)
    return EXERCISE.solution


def test_the_learners_file_is_handed_in_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    lesson.check(NAME)
    assert "There is no file checksums/src/checksums.cpp yet" in capsys.readouterr().out
    assert records.entries() == {}
    write("int x;\n")
    lesson.check(NAME)
    assert "  read checksums/src/checksums.cpp (1 line)\n" in capsys.readouterr().out
    assert records.entries()[NAME].tries == 1
    assert not records.entries()[NAME].passed


def test_help_comes_in_three_steps_and_is_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    for step, text in enumerate((EXERCISE.hint, EXERCISE.part, solution(), solution()), 1):
        lesson.hint(NAME)
        said = capsys.readouterr().out
        assert said.startswith(f"Help {min(step, 3)} of 3, ")
        assert said.endswith(f"{text}\n")
        assert records.entries()[NAME].helped == min(step, 3)


def test_the_solution_is_the_third_step_of_help(capsys: pytest.CaptureFixture[str]) -> None:
    lesson.solution(NAME)
    assert capsys.readouterr().out == f"{solution()}\n"
    assert records.entries()[NAME].helped == 3


def backups() -> list[str]:
    return [path.read_text() for path in workspace.root().glob(f"backups/*/{EXERCISE.path}")]


def test_a_lesson_goes_on_from_the_reference_where_nothing_is_solved(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lesson.go_on(NAME)
    assert capsys.readouterr().out == (
        "The next cells use the reference's checksums/src/checksums.cpp, because own-function "
        "isn't solved yet.\n"
    )
    assert (workspace.project() / EXERCISE.path).read_text() == solution()
    assert backups() == []


def test_a_wrong_file_is_kept_in_a_backup(capsys: pytest.CaptureFixture[str]) -> None:
    path = write("int x;\n")
    lesson.go_on(NAME)
    assert "Yours is in the workspace's folder backups." in capsys.readouterr().out
    assert path.read_text() == solution()
    assert backups() == ["int x;\n"]


def test_a_file_that_passes_stays(capsys: pytest.CaptureFixture[str]) -> None:
    text = solution() + "// mine\n"
    path = write(text)
    lesson.go_on(NAME)
    assert capsys.readouterr().out == (
        "The next cells use your checksums/src/checksums.cpp, because it passes own-function.\n"
    )
    assert path.read_text() == text


def test_a_file_that_was_accepted_is_not_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(solution())
    lesson.check(NAME)
    monkeypatch.setattr(checks, "_judge", None)
    assert checks.passes(EXERCISE, path)


@pytest.mark.parametrize("call", [lesson.check, lesson.hint, lesson.solution, lesson.go_on])
def test_an_unknown_exercise_is_one_line(call: object) -> None:
    assert callable(call)
    with pytest.raises(LessonError, match="no exercise 'nosuch'"):
        call("nosuch")


def test_a_value_is_nothing_to_go_on_from() -> None:
    value = next(one.name for one in judge.all_exercises().values() if not one.path)
    with pytest.raises(LessonError, match="has no file to go on from"):
        lesson.go_on(value)


def test_a_check_that_cannot_be_made_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "file" / "cache"))
    write("int x;\n")
    with pytest.raises(CommandError, match="the check of own-function could not be made"):
        lesson.check(NAME)
    said = capsys.readouterr().out
    assert "lesson: " in said
    assert "Traceback" not in said


def test_the_record_has_local_times(capsys: pytest.CaptureFixture[str]) -> None:
    write("int x;\n")
    lesson.check(NAME)
    entry = records.entries()[NAME]
    assert entry.first_tried[:10] in (time.strftime("%Y-%m-%d"), entry.last_tried[:10])
    assert entry.last.startswith("Not yet. ")
