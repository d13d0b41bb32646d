"""Measuring two ways to do one thing, in turns, in one run.

No time is compared with a time of another day or machine: what counts is the ratio of the two
medians. Each round runs both ways, one after the other, and the next round the other way about,
so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Action = Callable[[], object]
"""What is measured."""
Prepare = Callable[[Path], Action]
"""Makes everything ready in an empty folder of its own, and returns what is measured."""

ENVIRONMENT = {
    # A user has compiled Python files, and no lesson's settings.
    name: value
    for name, value in os.environ.items()
    if name not in ("PYTHONDONTWRITEBYTECODE", "CROSSCRAFT_LESSON", "CROSSCRAFT_PLAIN")
}


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table."""

    key: str
    """What ``--only`` calls it."""
    title: str
    """What is done."""
    peer: str
    """What it is measured against."""
    limit: float
    """The ratio that it should not exceed."""
    ours: Prepare
    """This project's way."""
    theirs: Prepare
    """The peer's."""
    warm: bool = True
    """Whether each way is run once before it counts."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a job."""

    job: Job
    """The job."""
    pairs: tuple[tuple[float, float], ...]
    """The seconds of each round: ours, the peer's."""

    @property
    def ours(self) -> float:
        """The median of our seconds."""
        return statistics.median(ours for ours, _ in self.pairs)

    @property
    def theirs(self) -> float:
        """The median of the peer's."""
        return statistics.median(theirs for _, theirs in self.pairs)

    @property
    def ratio(self) -> float:
        """Ours by theirs."""
        return self.ours / self.theirs

    @property
    def kept(self) -> bool:
        """Whether the ratio is within the limit."""
        return self.ratio <= self.job.limit


def measure(job: Job, rounds: int) -> Measured:
    """Run both ways of `job` in turns."""
    if job.warm:
        for side in (job.ours, job.theirs):
            seconds(side)
    return Measured(job, tuple(_pairs(job, rounds)))


def _pairs(job: Job, rounds: int) -> Iterator[tuple[float, float]]:
    for number in range(rounds):
        if number % 2:
            theirs = seconds(job.theirs)
            yield seconds(job.ours), theirs
        else:
            ours = seconds(job.ours)
            yield ours, seconds(job.theirs)


def seconds(prepare: Prepare) -> float:
    """Make ready what is measured, in a folder of its own, and return how long it then takes.

    An action that knows better, as it has to wait for something, returns its own seconds.
    """
    with tempfile.TemporaryDirectory(prefix="crosscraft-bench-") as folder:
        action = prepare(Path(folder))
        started = time.perf_counter()
        said = action()
        return said if isinstance(said, float) else time.perf_counter() - started


def call(argv: list[str], cwd: Path | None = None, **variables: str) -> None:
    """Run a command in silence; what it says is shown if it fails."""
    done = subprocess.run(
        argv, cwd=cwd, env=ENVIRONMENT | variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{argv[0]} failed:\n{done.stdout}{done.stderr}")
