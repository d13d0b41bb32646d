"""Known answers to the exercises of lesson 01, right and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import exercises
from tests.support.exercises import Case


@pytest.mark.soak
def test_a_known_answer_gets_its_verdict(case: Case, tmp_path: Path) -> None:
    exercises.prove(case, tmp_path)
