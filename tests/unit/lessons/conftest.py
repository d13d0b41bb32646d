"""A workspace of one's own, and a small series whose exercises stay the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crosscraft.lessons import position
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import Exercise
from crosscraft.lessons.exercises.own_function import EXERCISE


@pytest.fixture
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace in which nobody has tried anything."""
    folder = tmp_path / "workspace"
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(folder))
    monkeypatch.delenv("CROSSCRAFT_ROOM", raising=False)
    return folder


@pytest.fixture
def small_course(monkeypatch: pytest.MonkeyPatch) -> tuple[Exercise, ...]:
    """A series of four exercises in three lessons."""
    exercises = tuple(
        replace(EXERCISE, name=name, lesson=lesson, title=title)
        for name, lesson, title in (
            ("named-arguments", 1, "names for the arguments"),
            ("second-function", 1, "one more function"),
            ("who-imports", 2, "who imports which file"),
            ("own-function", 8, "a function of your own"),
        )
    )
    monkeypatch.setattr(judge, "all_exercises", lambda: {e.name: e for e in exercises})
    monkeypatch.setattr(position, "course", lambda: exercises)
    return exercises
