"""Which known answers are handed in to the exercises."""

from __future__ import annotations

import pytest

from tests.support import exercises


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hand in answers to the exercises of the lesson that the file is named after."""
    if "case" in metafunc.fixturenames:
        option = metafunc.config.getoption
        more = "more" if option("--more-answers", False) else "few"
        lesson = int(metafunc.module.__name__[-2:])
        answers = "all" if option("--soak", False) else more
        metafunc.parametrize("case", exercises.cases(lesson, answers), ids=str)
