"""The data of an exercise: its text, its check and its known answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

__all__ = ["Check", "Exercise", "Result", "Verdict", "not_attempted", "not_yet", "passed"]


class Result(Enum):
    """The result of a check."""

    NOT_ATTEMPTED = "Not attempted"
    NOT_YET = "Not yet"
    PASSED = "Correct"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of a check on an answer."""

    result: Result
    """The result."""
    text: str
    """The message to the learner: why it is right, or what is wrong and what to look at."""


Check = Callable[[object], Verdict]
"""A function that checks an answer of any type, and never raises."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question with its hints, its solution, and typical answers.

    The answer is a Python value, or the text of a file that the learner writes. If the answer is a
    `Path`, the file is read first.
    """

    name: str
    """The unique name that the notebook uses, in words and dashes."""
    lesson: int
    """The number of its lesson."""
    title: str
    """A few words for the list of progress."""
    hints: tuple[str, ...]
    """Hints that are shown one at a time, the last nearly the answer."""
    solution: str
    """The answer as the learner would type it: a Python expression, or the text of a file."""
    check: Check
    """The function that checks an answer. It never gets the placeholder `...`."""
    right: tuple[object, ...]
    """More right answers, all different."""
    wrong: tuple[tuple[object, str], ...]
    """Typical wrong answers, each with a part of the expected message."""
    is_file: bool = False
    """Whether the solution is the text of a file, not a Python expression."""


def passed(text: str) -> Verdict:
    """Return the verdict on a right answer. `text` explains why it is right."""
    return Verdict(Result.PASSED, text)


def not_yet(text: str) -> Verdict:
    """Return the verdict on a wrong answer. `text` says what is wrong and what to look at."""
    return Verdict(Result.NOT_YET, text)


def not_attempted() -> Verdict:
    """Return the verdict on the placeholder."""
    return Verdict(
        Result.NOT_ATTEMPTED, "Put your answer in place of the three dots, and run the cell again."
    )
