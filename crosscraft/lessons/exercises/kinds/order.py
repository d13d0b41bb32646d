"""Order the steps: the check runs them in the learner's order, up to the first that fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crosscraft.lessons.evidence import commands
from crosscraft.lessons.evidence.commands import Shell
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Check

__all__ = ["Step", "check"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step with its letter."""

    key: str
    """Its letter in the question."""
    command: str
    """The command, for bash."""
    does: str
    """What it does, in a few words that follow "(a)"."""


def check(steps: Sequence[Step], prepare: Callable[[Work], Shell], goal: str, right: str) -> Check:
    """Return a check for an answer such as ``["b", "a", "d"]``.

    Every order in which each command succeeds is right, if the goal is among them.

    :param steps: the steps, with those that are of no use.
    :param prepare: makes the place where they run.
    :param goal: the letter of the step that has to succeed in the end.
    :param right: the message for an order that works.
    """
    known = {step.key: step for step in steps}

    def run(work: Work) -> Verdict:
        letters = _read(work.answer, known)
        shell = prepare(work)
        for key in letters:
            step = known[key]
            work.step(f"running ({key})")
            done = shell.bash(step.command)
            if done.status:
                raise Refused(f"({key}) {step.does}", commands.errors(done))
            shown = f": {done.lines[-1]}" if done.lines and key == goal else ""
            work.see(f"({key}) {step.does}{shown}")
        if goal not in letters:
            raise NotYet(f"All of that worked, but ({goal}) is still to come.")
        return passed(right)

    return run


def _read(answer: object, known: Mapping[str, Step]) -> list[str]:
    """Return the letters of an answer, as a list or in a string.

    :raises NotYet: if it is neither, or a letter is unknown or there twice.
    """
    if isinstance(answer, str):
        answer = [letter for letter in answer if letter.isalnum()]
    if not isinstance(answer, (list, tuple)) or not answer:
        raise NotYet('The answer is a list of letters in order, for example `["b", "a"]`.')
    letters = [str(letter).strip(" \n().,").lower() for letter in answer]
    for letter in letters:
        if letter not in known:
            raise NotYet(f"{letter[:40]!r} is none of the letters {', '.join(known)}.")
        if letters.count(letter) > 1:
            raise NotYet(f"({letter}) is in your list twice. One time is enough.")
    return letters
