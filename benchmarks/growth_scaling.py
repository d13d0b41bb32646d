"""Work out docs/scaling.md from the measured curves: jobs of a CI matrix, nodes of a cluster.

    python benchmarks/growth_scaling.py [--setup SECONDS] [--cores N] [--memory GB]

The formulae are those of the page. Put in your own numbers; the page has the ones below.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import growth
import growth_drawing

COLD = "one command, nothing compiled before"
"""The line of the curve `platforms` that a CI job is on: it begins with nothing compiled."""


@dataclass(frozen=True)
class Build:
    """What one job takes to build for n platforms: the first, and each one more."""

    first: float
    """Seconds."""
    more: float
    """Seconds, from the line's first and last point."""

    def seconds(self, platforms: int) -> float:
        return self.first + self.more * (platforms - 1)


def build() -> Build:
    """Return the measured build. Processor time is taken, and half of it is the clock of an idle
    machine of two cores: what others did there at the time is not in it."""
    (curve,) = (curve for curve in growth.CURVES if curve.name == "platforms")
    points = growth.kept(curve)["lines"][COLD]
    first, last = points[0], points[-1]
    more = (last["cpu"] - first["cpu"]) / (last["x"] - first["x"])
    return Build(first["cpu"] / 2, more / 2)


def ci_rows(setup: float, pythons: int, made: Build) -> list[str]:
    """Rows for 1 to 5 platforms: one job for all against a job for each."""
    rows = []
    for n in range(1, 6):
        together = setup + made.seconds(n)
        alone = setup + made.seconds(1)
        rows.append(
            f"| {n} | {together:.0f} s | {pythons * together / 60:.1f} | {alone:.0f} s "
            f"| {pythons * n * alone / 60:.1f} |"
        )
    return rows


@dataclass(frozen=True)
class Room:
    """What one learner takes, and what a node keeps for itself."""

    rest: float
    """GB with every notebook open, nothing running."""
    peak: float
    """GB while something compiles."""
    cpu: float
    """Seconds of processor time for notebooks 00 to 07."""
    disk: float
    """GB of their home."""
    house: float = 1.0
    """GB of each node that no learner gets."""
    each_core: int = 4
    """Learners that share a core."""


def room() -> Room:
    """Return the measured learner, from the class of one."""
    told = json.loads(growth_drawing.LEARNERS.read_text(encoding="utf-8"))["all"][0]
    return Room(
        rest=told["rest"] / 1e9,
        peak=told["pss"] / 1e9,
        cpu=told["cpu"],
        disk=sum(told["disk"].values()) / 1e9,
    )


def learners_per_node(each: Room, memory: float, cores: int) -> tuple[int, int]:
    """Return how many learners a node of `memory` GB and `cores` takes, by memory and by cores."""
    return int((memory - each.house) / each.peak), cores * each.each_core


def room_rows(each: Room, memory: float, cores: int) -> list[str]:
    """Rows for 30, 100 and 300 learners on nodes of one size."""
    limit = min(learners_per_node(each, memory, cores))
    rows = []
    for learners in (30, 100, 300):
        nodes = math.ceil(learners / limit)
        wait = learners / nodes * made_alone() / cores
        rows.append(
            f"| {learners} | {nodes} | {math.ceil(learners / nodes)} "
            f"| {learners * each.peak:.0f} GB | {learners * each.disk:.0f} GB "
            f"| {learners * each.cpu / 3600:.1f} | {wait:.0f} s |"
        )
    return rows


def made_alone() -> float:
    """Seconds of processor time of one native build with nothing compiled before."""
    return 2 * build().first


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--setup", type=float, default=60, help="seconds of a job's set-up")
    parser.add_argument("--pythons", type=int, default=3)
    parser.add_argument("--memory", type=float, default=32, help="GB of a node")
    parser.add_argument("--cores", type=int, default=8, help="of a node")
    arguments = parser.parse_args(argv)
    made = build()
    print(f"a job: {made.first:.1f} s for one platform, {made.more:.1f} s for each more")
    print("\n".join(ci_rows(arguments.setup, arguments.pythons, made)))
    if growth_drawing.LEARNERS.exists():
        each = room()
        by = learners_per_node(each, arguments.memory, arguments.cores)
        print(f"\na node: {by[0]} learners by memory, {by[1]} by cores")
        print("\n".join(room_rows(each, arguments.memory, arguments.cores)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
