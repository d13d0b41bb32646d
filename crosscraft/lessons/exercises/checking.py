"""Check an answer in a process of its own, so that a cell can be interrupted at any time.

    python -m crosscraft.lessons.exercises.checking NAME < ANSWER

prints the verdict. The exit status is 0 if the answer is right and 3 if it isn't.
"""

from __future__ import annotations

import os
import signal
import sys

from crosscraft.lessons import record as records
from crosscraft.lessons import room
from crosscraft.lessons.evidence.verdict import NotYet, Result
from crosscraft.lessons.exercises import answers, judge
from crosscraft.system import program
from crosscraft.system.console import Console

__all__ = ["NOT_RIGHT", "main"]

NOT_RIGHT = 3
"""The exit status if the answer is not right."""
_SECONDS = 300
"""The time limit. A check takes seconds, and a minute more if it has to install something."""


def main(argv: list[str]) -> int:
    """Check the answer on standard input, print and record the verdict."""
    signal.signal(signal.SIGTERM, _interrupted)
    found: list[Result] = []
    status = program.exit_status("lesson", lambda: found.append(_check(argv[0])))
    return status or (0 if found[0] is Result.PASSED else NOT_RIGHT)


def _check(name: str) -> Result:
    exercise, answer = judge.find(name), answers.decode(sys.stdin.read())
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(_SECONDS)
    try:
        verdict = judge.judge(exercise, answer, Console())
    finally:
        signal.alarm(0)
    # The learner sees the verdict also if it can't be recorded.
    print(verdict, flush=True)
    records.record(name, answer, verdict)
    room.share()
    return verdict.result


def _too_long(number: int, frame: object) -> None:
    raise NotYet(
        f"The check ended itself after {_SECONDS // 60} minutes. Is there a loop without an end, "
        "or a command that waits for something?"
    )


def _interrupted(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    ended = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # py-rattler's threads can crash the interpreter in a regular shutdown.
    os._exit(ended)
