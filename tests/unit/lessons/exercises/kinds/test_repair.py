"""The exercises that repair a trap of the catalogue: their names and their help."""

from __future__ import annotations

import re

import pytest

from crosscraft.building.check import catalogue
from crosscraft.errors import LessonError
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.kinds import repair

PLANTABLE = repair.plantable()


def test_every_trap_that_is_seen_here_has_a_name_of_its_own() -> None:
    seen = [t.name for t in catalogue.traps() if t.reproduction]
    here = [name for name in seen if catalogue.find(name).reproduction.shown != "project"]  # type: ignore[union-attr]
    assert sorted(trap.name for trap in PLANTABLE.values()) == here
    assert len(PLANTABLE) == len(here) > 60


def test_the_name_stays_when_the_catalogue_grows() -> None:
    assert PLANTABLE["bug-d1fa"].name == "plain-compiler"


@pytest.mark.parametrize(("alias", "name"), [(a, t.name) for a, t in PLANTABLE.items()])
def test_the_help_leads_to_the_repair_and_names_the_trap_last(alias: str, name: str) -> None:
    exercise = judge.find(alias)
    assert judge.find(name).name == alias
    assert exercise.trap == name
    assert name not in exercise.hint + exercise.part
    assert not re.search(r"(?<!\$)\{", exercise.part)
    assert exercise.solution
    assert exercise.path == f"planted/{alias}"


def test_another_name_is_no_exercise() -> None:
    with pytest.raises(LessonError, match="no exercise"):
        judge.find("bug-0000")
