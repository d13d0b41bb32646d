"""Measuring two ways to do one thing, in turns, in one run.

Beside the time that passes, the processor time of all children is taken: on a machine that is
busy with other things it says more.

No time is compared with a time of another day or machine: what counts is the ratio of the two
medians. Each round runs both ways, one after the other, and the next round the other way about,
so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import os
import resource
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
    # A user has compiled Python files, and no lesson's settings. CMake would look for the Python
    # of a virtual environment first, also for another processor's.
    name: value
    for name, value in os.environ.items()
    if name not in ("PYTHONDONTWRITEBYTECODE", "CROSSCRAFT_LESSON", "VIRTUAL_ENV")
}


_MEMORY = Path("/dev/shm")
_ROOM = 4 * 10**9
"""Bytes that the largest job may take, both sides' caches included."""


def work_in_memory() -> bool:
    """Make all temporary folders from now on lie in memory, if there is room; say whether.

    A benchmark removes files by the ten thousand. For minutes after that some file systems, such
    as ext4 without a journal, take longer for each new file: the second round would be slower
    than the first, for a reason that no user ever has.
    """
    found = os.statvfs(_MEMORY) if os.access(_MEMORY, os.W_OK) else None
    if not found or found.f_flag & os.ST_NOEXEC or found.f_bavail * found.f_frsize < _ROOM:
        return False
    os.environ["TMPDIR"] = ENVIRONMENT["TMPDIR"] = tempfile.tempdir = str(_MEMORY)
    return True


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
    unit: str = "s"
    """Of what is measured: seconds, unless its action returns something else."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run of one side took."""

    seconds: float
    """That passed."""
    processor: float
    """Of processor time, all processes together; 0 where that cannot be known."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a job."""

    job: Job
    """The job."""
    pairs: tuple[tuple[Taken, Taken], ...]
    """Each round: ours, the peer's."""

    @property
    def ours(self) -> float:
        """The median of our seconds."""
        return statistics.median(ours.seconds for ours, _ in self.pairs)

    @property
    def theirs(self) -> float:
        """The median of the peer's."""
        return statistics.median(theirs.seconds for _, theirs in self.pairs)

    @property
    def ratio(self) -> float:
        """Ours by theirs."""
        return self.ours / self.theirs

    @property
    def processor_ratio(self) -> float | None:
        """The same of processor time, where that is known."""
        ours, theirs = (
            statistics.median(side.processor for side in sides)
            for sides in zip(*self.pairs, strict=True)
        )
        return ours / theirs if ours and theirs else None

    @property
    def kept(self) -> bool:
        """Whether the ratio is within the limit."""
        return self.ratio <= self.job.limit


def measure(job: Job, rounds: int) -> Measured:
    """Run both ways of `job` in turns."""
    if job.warm:
        for side in (job.ours, job.theirs):
            take(side)
    return Measured(job, tuple(_pairs(job, rounds)))


def _pairs(job: Job, rounds: int) -> Iterator[tuple[Taken, Taken]]:
    for number in range(rounds):
        if number % 2:
            theirs = take(job.theirs)
            yield take(job.ours), theirs
        else:
            ours = take(job.ours)
            yield ours, take(job.theirs)


def take(prepare: Prepare) -> Taken:
    """Make ready what is measured, in a folder of its own, and return what it then takes.

    An action that knows better, as it has to wait for something, returns its own seconds.
    """
    with tempfile.TemporaryDirectory(prefix="crosscraft-bench-") as folder:
        action = prepare(Path(folder))
        started, used = time.perf_counter(), _processor()
        said = action()
        if isinstance(said, float):
            return Taken(said, 0.0)
        return Taken(time.perf_counter() - started, _processor() - used)


def _processor() -> float:
    """Processor time of this process and of all its children that have ended."""
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


def call(argv: list[str], cwd: Path | None = None, **variables: str) -> None:
    """Run a command in silence; what it says is shown if it fails."""
    done = subprocess.run(
        argv, cwd=cwd, env=ENVIRONMENT | variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{argv[0]} failed:\n{done.stdout}{done.stderr}")
