"""A room of learners: each one tries exercises at random and shares the record meanwhile."""

from __future__ import annotations

import os
import random
from pathlib import Path

from crosscraft.lessons import record, room
from crosscraft.lessons.evidence.verdict import not_yet, passed

__all__ = ["EXERCISES", "learn", "mistake"]

EXERCISES = ("named-arguments", "second-function", "who-imports")
"""What a learner passes, one after the other. The last exercise is only tried."""


def mistake(number: int) -> str:
    """Return the text of one of three wrong verdicts."""
    return ("The first argument has no name.", "It isn't bound.", "It returns 7.")[number % 3]


def learn(number: int, folder: Path, workspaces: Path) -> int:
    """Learn as learner `number` of a room, and return how many exercises were passed."""
    os.environ[room.VARIABLE] = str(folder)
    os.environ["CROSSCRAFT_WORKSPACE"] = str(workspaces / str(number))
    choices = random.Random(number)
    room.join(f"seat {number}")
    done = EXERCISES[: choices.randint(0, len(EXERCISES))]
    for name in done:
        for _ in range(choices.randint(0, 2)):
            _try(name, number, right=False)
        _try(name, number, right=True)
    _try("own-function", number, right=False)
    record.helped("own-function", 1 + number % 3)
    room.share()
    return len(done)


def _try(name: str, number: int, *, right: bool) -> None:
    verdict = passed("Both processors agree.") if right else not_yet(mistake(number))
    record.record(name, "an answer", verdict)
    room.share()
