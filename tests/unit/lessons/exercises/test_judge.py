"""Exercises are software: what each must do with right, wrong, absurd and missing answers."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from crosscraft.errors import LessonError
from crosscraft.lessons import lesson, workspace
from crosscraft.lessons import record as records
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import Exercise, Result
from crosscraft.paths import ROOT

ALL = list(judge.all_exercises().values())
ABSURD = [
    *(None, 0, -1, 1e308, float("nan"), "", " ", "\0", "x" * 100_000, "{" * 5000, b""),
    *([], {}, set(), [[]], [None], {None: None}, {"a": [1]}, object(), ALL, print),
    *(Path("/nowhere/at/all"), Path("/")),
]


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(lesson, "_hints_shown", {})


def answer_of(exercise: Exercise) -> Any:
    """The solution, as an answer."""
    return exercise.solution if exercise.is_file else ast.literal_eval(exercise.solution)


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
class TestEvery:
    def test_the_placeholder_is_reported_as_not_attempted(self, exercise: Exercise) -> None:
        assert judge.judge(exercise, ...).result is Result.NOT_ATTEMPTED

    def test_the_solution_passes(self, exercise: Exercise) -> None:
        verdict = judge.judge(exercise, answer_of(exercise))
        assert verdict.result is Result.PASSED, verdict.text

    def test_other_right_answers_pass(self, exercise: Exercise) -> None:
        assert exercise.right
        for answer in exercise.right:
            assert answer != answer_of(exercise)
            verdict = judge.judge(exercise, answer)
            assert verdict.result is Result.PASSED, (answer, verdict.text)

    def test_typical_wrong_answers_are_told_what_is_wrong(self, exercise: Exercise) -> None:
        assert len(exercise.wrong) >= 3
        for answer, words in exercise.wrong:
            verdict = judge.judge(exercise, answer)
            assert verdict.result is Result.NOT_YET, answer
            assert words in verdict.text, (answer, verdict.text)
        assert len({judge.judge(exercise, a).text for a, _ in exercise.wrong}) >= 3

    def test_no_answer_at_all_makes_it_raise(self, exercise: Exercise) -> None:
        for answer in ABSURD:
            verdict = judge.judge(exercise, answer)
            assert isinstance(verdict.text, str)
            assert "Traceback" not in verdict.text

    def test_hints_come_one_at_a_time(
        self, exercise: Exercise, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert len(exercise.hints) >= 2
        for number, text in enumerate((*exercise.hints, exercise.hints[-1]), start=1):
            lesson.hint(exercise.name)
            shown = min(number, len(exercise.hints))
            assert capsys.readouterr().out == f"Hint {shown} of {len(exercise.hints)}: {text}\n"

    def test_its_notebook_asks_it_with_the_placeholder(self, exercise: Exercise) -> None:
        (path,) = (ROOT / "notebooks").glob(f"{exercise.lesson:02}-*.ipynb")
        cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        asked = [c for c in cells if f'lesson.check("{exercise.name}"' in c.source]
        assert len(asked) == 1
        if not exercise.is_file:
            assert re.match(r"answer = \.\.\.\n", asked[0].source)
            assert asked[0].outputs[0].text.startswith("Not attempted.")


def test_every_exercise_that_a_notebook_asks_exists() -> None:
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r'lesson\.(?:check|hint|solution)\(\\"([a-z-]+)\\"', text):
            assert judge.find(name).lesson == int(path.name[:2])


def test_an_unknown_exercise_is_named_with_those_there_are() -> None:
    with pytest.raises(LessonError, match=f"no exercise 'nosuch'.*{ALL[0].name}"):
        lesson.check("nosuch", 1)


def test_progress_is_kept_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    first = ALL[0]
    lesson.check(first.name, answer_of(first))
    lesson.check(ALL[1].name, object())
    assert set(records.passed()) == {first.name}
    capsys.readouterr()
    lesson.progress()
    said = capsys.readouterr().out
    assert f"1 of {len(ALL)} passed." in said
    assert said.count("passed\n") == 1


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"passed": 3}', "\x00\xff"])
def test_a_damaged_record_is_set_aside_with_a_word(
    damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.root().mkdir(exist_ok=True)
    record = workspace.root() / "progress.json"
    record.write_bytes(damage.encode("latin-1"))
    records.record(ALL[0].name)
    assert "kept as progress-damaged" in capsys.readouterr().out
    (aside,) = workspace.root().glob("progress-damaged-*.json")
    assert aside.read_bytes() == damage.encode("latin-1")
    assert set(json.loads(record.read_text())["passed"]) == {ALL[0].name}
