"""Known answers to the exercises of lesson 00, right and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.lessons.exercises import judge
from crosscraft.paths import ROOT
from tests.support import exercises
from tests.support.exercises import Case

HOUR = ROOT / "docs" / "teaching-hour.md"


@pytest.mark.soak
def test_a_known_answer_gets_its_verdict(case: Case, tmp_path: Path) -> None:
    exercises.prove(case, tmp_path)


@pytest.mark.emulates
@pytest.mark.parametrize("answer", ["x86_64", "ppc64le"])
def test_the_instructors_hour_quotes_the_verdict(answer: str) -> None:
    verdict = judge.judge(judge.find("which-machine"), answer)
    assert f'`{verdict.sentence}` for `"{answer}"`' in HOUR.read_text(encoding="utf-8")


def test_the_instructors_hour_quotes_why_a_change_is_not_done(tmp_path: Path) -> None:
    exercise = judge.find("first-change")
    said = HOUR.read_text(encoding="utf-8")
    assert exercise.prepare is not None
    exercise.prepare(tmp_path)
    verdict = judge.judge(exercise, tmp_path / exercise.path)
    assert f"`{verdict.sentence}`" in said
