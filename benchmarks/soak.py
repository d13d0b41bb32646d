"""Try the promises of docs/reliability.md again and again: kills, crowds, full disks, and more.

    python benchmarks/soak.py [--short] [--rounds N] [--seed N] [JOB…]

One row for each job: how often it was tried, how often all was well after, and the seconds it
took. The exit status is 1 if anything was not. A seed repeats the same moments, as far as a
machine can.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


@dataclass(frozen=True)
class Job:
    """A promise that is tried."""

    name: str
    """What the command line calls it."""
    module: str
    """Where it is, in this folder."""
    function: str
    """What to call there: ``(rounds) -> {"tried": …, "survived": …}``."""
    rounds: int
    """How many rounds a long run has."""
    short: int
    """How many the short form has, which runs in `make test`; 0 if the job has tests elsewhere."""
    what: str
    """What one round is."""


JOBS = (
    Job("kill-channel", "soak_kills", "channel", 200, 2, "kill -9 in `crosscraft channel build`"),
    Job("kill-build", "soak_kills", "build", 200, 3, "kill -9 in a package build"),
    Job("kill-answer-key", "soak_kills", "answer_key", 5, 0, "kill -9 in a build that compiles"),
    Job("kill-environment", "soak_kills", "installation", 200, 3, "kill -9 in an installation"),
    Job("kill-lesson", "soak_kills", "lessons", 200, 6, "kill -9 in begin, catch_up, reset, check"),
    Job("kill-notebook", "soak_kills", "notebook", 200, 3, "kill -9 in a save of a notebook"),
    Job("at-once", "soak_at_once", "main", 3, 1, "eight of each at the same time"),
    Job("lessons", "soak_lessons", "main", 1, 0, "eight lesson starts that compile"),
    Job("disk", "soak_disk", "main", 40, 1, "a disk that is full, or read-only"),
    Job("bundle", "soak_bundle", "main", 500, 0, "set-up from a bundle with no network"),
    Job("setup", "soak_setup", "main", 20, 0, "set-up, interrupted"),
    Job("hostile", "soak_hostile", "main", 1500, 0, "hostile input"),
    Job("platforms", "soak_platforms", "main", 3, 0, "all platforms, inspected and run"),
    Job("secrets", "soak_secrets", "main", 8, 0, "a planted token"),
)


def main() -> int:
    """Run the jobs, print a row for each, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, help="in place of each job's own number")
    parser.add_argument("--short", action="store_true", help="the short form, with a fixed seed")
    parser.add_argument("--seed", type=int, help="of the moments [another each time]")
    parser.add_argument("jobs", nargs="*", help=f"any of: {', '.join(job.name for job in JOBS)}")
    arguments = parser.parse_args()
    unknown = set(arguments.jobs) - {job.name for job in JOBS}
    if unknown:
        parser.error(f"no such job: {', '.join(sorted(unknown))}")
    seed = arguments.seed or (20 if arguments.short else time.time_ns())
    print(f"seed {seed}")
    print(f"{'job':16} {'tried':>6} {'survived':>8} {'seconds':>8}  each", flush=True)
    status = 0
    for job in JOBS:
        rounds = arguments.rounds or (job.short if arguments.short else job.rounds)
        if rounds and (not arguments.jobs or job.name in arguments.jobs):
            random.seed(seed)
            status |= run(job, rounds)
    return status


def run(job: Job, rounds: int) -> int:
    """Run one job, print its row, and return 1 if a try did not survive."""
    function = getattr(importlib.import_module(job.module), job.function)
    started = time.monotonic()
    try:
        counted = function(rounds)
    except Exception:  # the other jobs are still worth running
        traceback.print_exc()
        counted = {"tried": rounds, "survived": 0}
    tried, survived = counted.get("tried", rounds), counted.get("survived", rounds)
    more = "".join(
        f", {name} {value}" for name, value in counted.items() if name not in ("tried", "survived")
    )
    seconds = time.monotonic() - started
    print(
        f"{job.name:16} {tried:6} {survived:8} {seconds:8.0f}  {job.what}{more}",
        flush=True,
    )
    return int(survived != tried)


if __name__ == "__main__":
    sys.exit(main())
