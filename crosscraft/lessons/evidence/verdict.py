"""The verdict of a check, and the ways in which a check ends early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

__all__ = ["NotYet", "Refused", "Result", "Verdict", "not_attempted", "not_yet", "passed"]


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
    evidence: tuple[str, ...] = ()
    """What was read and what tools said, a line each."""

    def __str__(self) -> str:
        return "\n".join([*(f"  {line}" for line in self.evidence), self.sentence])

    @property
    def sentence(self) -> str:
        """The result and the message, without the evidence."""
        return f"{self.result.value}. {self.text}"


class NotYet(Exception):
    """A wrong answer.

    :param text: the message to the learner.
    :param evidence: lines that show what is wrong.
    """

    def __init__(self, text: str, evidence: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.evidence = tuple(evidence)


class Refused(Exception):
    """A tool refused the learner's work.

    :param who: the tool and what it did, such as ``g++ for linux-aarch64``.
    :param lines: its error lines. The first one is shown.
    """

    def __init__(self, who: str, lines: Sequence[str]) -> None:
        super().__init__(who)
        self.who = who
        self.lines = tuple(lines)


def passed(text: str, evidence: Sequence[str] = ()) -> Verdict:
    """Return the verdict on a right answer. `text` explains why it is right."""
    return Verdict(Result.PASSED, text, tuple(evidence))


def not_yet(text: str, evidence: Sequence[str] = ()) -> Verdict:
    """Return the verdict on a wrong answer. `text` says what is wrong and what to look at."""
    return Verdict(Result.NOT_YET, text, tuple(evidence))


def not_attempted(
    text: str = "Put your answer in place of the three dots, and run the cell again.",
) -> Verdict:
    """Return the verdict on the placeholder."""
    return Verdict(Result.NOT_ATTEMPTED, text)
