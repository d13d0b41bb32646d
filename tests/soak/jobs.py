"""The jobs of the soak: each tries one promise of docs/reliability.md again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.soak import crowds, disks, kills, platforms, second_machine, secrets, set_ups

Counted = dict[str, "int | float"]
"""``tried`` and ``survived``, and what else a job counts."""


@dataclass(frozen=True)
class Job:
    """A promise and how to try it."""

    work: Callable[[int], Counted]
    """Tries it so many rounds. Prints a line for each try that did not survive."""
    short: int
    """Rounds in `make test`. The job is left out there if it is 0."""
    long: int
    """Rounds in `make soak`."""
    what: str
    """What one round is."""
    mounts: bool = False
    """Whether it mounts file systems, which some machines do not allow."""


JOBS = {
    "kill-channel": Job(kills.channel, 2, 200, "kill -9 in `crosscraft channel build`"),
    "kill-addition": Job(kills.addition, 2, 200, "kill -9 in `crosscraft channel add`"),
    "kill-build": Job(kills.build, 3, 200, "kill -9 in a package build"),
    "kill-answer-key": Job(kills.answer_key, 0, 5, "kill -9 in a build that compiles"),
    "kill-environment": Job(kills.installation, 3, 200, "kill -9 in an installation"),
    "kill-lesson": Job(kills.lessons, 6, 200, "kill -9 in begin, catch_up, reset, check"),
    "kill-notebook": Job(kills.notebook, 3, 200, "kill -9 while a notebook is saved"),
    "kill-setup": Job(set_ups.kills, 0, 20, "kill -9 in set-up"),
    "crowds": Job(crowds.small, 1, 3, "eight of each at the same time"),
    "crowd-of-builds": Job(crowds.compiled, 0, 1, "eight lesson starts that compile"),
    "disks": Job(disks.all_cases, 1, 40, "a disk that is full or read-only", mounts=True),
    "second-machine": Job(second_machine.set_up, 0, 1, "set-up from a bundle with no network"),
    "platforms": Job(platforms.all_of_them, 0, 3, "all platforms, inspected and run"),
    "secrets": Job(secrets.planted_everywhere, 1, 8, "planted tokens"),
}
