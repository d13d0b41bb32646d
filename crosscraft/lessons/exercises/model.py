"""What an exercise is. Its text, its check and its known answers are data; drawing is elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

__all__ = ["Check", "Exercise", "Result", "Verdict", "not_attempted", "not_yet", "passed"]


class Result(Enum):
    """How an answer was judged."""

    NOT_ATTEMPTED = "Not attempted"
    NOT_YET = "Not yet"
    PASSED = "Correct"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says of an answer."""

    result: Result
    """How it was judged."""
    text: str
    """For the learner: why it is right, or what is wrong and what to look at."""


Check = Callable[[object], Verdict]
"""Takes an answer, of any type at all, and never raises."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question with its hints, its solution, and what people answer.

    The answer is a Python value or, where the learner writes a file, the text of that file;
    a `Path` that is handed in is read first.
    """

    name: str
    """What the notebook calls it: unique, in words and dashes."""
    lesson: int
    """The lesson it belongs to."""
    title: str
    """A few words, for the list of progress."""
    hints: tuple[str, ...]
    """From a nudge to nearly the answer; shown one at a time."""
    solution: str
    """The answer as the learner would type it: a Python expression, or the text of a file."""
    check: Check
    """Judges an answer. `...` is never handed to it: that is the placeholder."""
    right: tuple[object, ...]
    """Answers that pass, each different from the solution and from the others."""
    wrong: tuple[tuple[object, str], ...]
    """Typical wrong answers, each with words that the verdict on it must have."""
    is_file: bool = False
    """Whether the solution is the text of a file rather than a Python expression."""


def passed(text: str) -> Verdict:
    """An answer that is right; `text` says why."""
    return Verdict(Result.PASSED, text)


def not_yet(text: str) -> Verdict:
    """An answer that is wrong; `text` names what is wrong and what to look at."""
    return Verdict(Result.NOT_YET, text)


def not_attempted() -> Verdict:
    """No answer yet."""
    return Verdict(
        Result.NOT_ATTEMPTED, "Put your answer in place of the three dots, and run the cell again."
    )
