"""An answer has many wrong neighbours: change one word of a solution, and it must not pass."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import Exercise, Result

VALUES = [one for one in judge.all_exercises().values() if not one.is_file]
_WORD = re.compile(r"[^\W_]+")


def texts(answer: Any) -> Iterator[str]:
    """The strings of an answer, keys of a dictionary too."""
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, dict):
        for pair in answer.items():
            yield from texts(pair)
    elif isinstance(answer, list | tuple | set | frozenset):
        for one in answer:
            yield from texts(one)


def words(exercise: Exercise) -> set[str]:
    """The words that somebody could put into an answer to `exercise`."""
    answers = [exercise.solution, *exercise.right, *(answer for answer, _ in exercise.wrong)]
    return {word for text in texts(answers) for word in _WORD.findall(text)}


VOCABULARY = sorted(set().union(*map(words, VALUES)))


def with_word(solution: str, number: int, word: str) -> str:
    """Put `word` in the place of one of the words in a solution's strings."""
    places = [
        place
        for string in re.finditer(r"\"[^\"]*\"|'[^']*'", solution)
        for place in _WORD.finditer(solution, string.start(), string.end())
    ]
    place = places[number % len(places)]
    return f"{solution[: place.start()]}{word}{solution[place.end() :]}"


@pytest.mark.parametrize(
    "exercise", [one for one in VALUES if _WORD.search(one.solution)], ids=lambda one: one.name
)
@given(data=st.data(), number=st.integers(0, 30))
def test_a_solution_with_another_word_does_not_pass(
    exercise: Exercise, data: st.DataObject, number: int
) -> None:
    near = st.sampled_from(sorted(words(exercise)))
    word = data.draw(
        near | st.sampled_from(VOCABULARY) | st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)
    )
    changed = with_word(exercise.solution, number, word)
    if changed.lower() != exercise.solution.lower():
        verdict = judge.judge(exercise, ast.literal_eval(changed))
        assert verdict.result is Result.NOT_YET, (changed, verdict.text)


@pytest.mark.parametrize("exercise", VALUES, ids=lambda one: one.name)
@given(word=st.sampled_from(VOCABULARY))
def test_a_solution_with_a_word_more_does_not_pass(exercise: Exercise, word: str) -> None:
    solution = ast.literal_eval(exercise.solution)
    if isinstance(solution, list) and word.lower() not in {one.lower() for one in solution}:
        verdict = judge.judge(exercise, [*solution, word])
        assert verdict.result is Result.NOT_YET, (word, verdict.text)


@pytest.mark.parametrize("exercise", VALUES, ids=lambda one: one.name)
def test_a_solution_with_a_part_less_does_not_pass(exercise: Exercise) -> None:
    solution = ast.literal_eval(exercise.solution)
    if isinstance(solution, str):
        return
    parts = list(solution.items()) if isinstance(solution, dict) else solution
    for number in range(len(parts)):
        rest = type(solution)([*parts[:number], *parts[number + 1 :]])
        assert judge.judge(exercise, rest).result is Result.NOT_YET, rest
