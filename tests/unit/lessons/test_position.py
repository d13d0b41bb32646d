"""The order of the exercises, and the one to go on with."""

from __future__ import annotations

from crosscraft.lessons import position
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import Exercise
from crosscraft.lessons.record import Entry

EARLY, LATE = "2026-11-30T09:15", "2026-11-30T11:40"


def goes_on(exercises: tuple[Exercise, ...], **entries: Entry) -> str | None:
    named = {name.replace("_", "-"): entry for name, entry in entries.items()}
    goal = position.current(named, exercises)
    return goal.name if goal else None


def test_every_exercise_has_a_place_in_the_order_of_the_lessons() -> None:
    course = position.course()
    assert {exercise.name for exercise in course} == set(judge.all_exercises())
    assert [e.lesson for e in course] == sorted(e.lesson for e in course)


def test_nobody_has_tried_anything(small_course: tuple[Exercise, ...]) -> None:
    assert goes_on(small_course) == "named-arguments"


def test_it_is_the_one_that_was_tried_last(small_course: tuple[Exercise, ...]) -> None:
    tried = {"named_arguments": Entry(last_tried=LATE), "who_imports": Entry(last_tried=EARLY)}
    assert goes_on(small_course, **tried) == "named-arguments"


def test_after_a_passed_one_it_is_the_next(small_course: tuple[Exercise, ...]) -> None:
    done = Entry(last_tried=LATE, passed=LATE)
    assert goes_on(small_course, second_function=done) == "who-imports"


def test_after_the_last_one_it_is_what_was_left_out(small_course: tuple[Exercise, ...]) -> None:
    done = Entry(last_tried=LATE, passed=LATE)
    early = Entry(last_tried=EARLY, passed=EARLY)
    found = goes_on(small_course, named_arguments=early, own_function=done)
    assert found == "second-function"


def test_all_are_passed(small_course: tuple[Exercise, ...]) -> None:
    done = {exercise.name: Entry(last_tried=LATE, passed=LATE) for exercise in small_course}
    assert goes_on(small_course, **done) is None


def test_no_exercises() -> None:
    assert goes_on(()) is None
