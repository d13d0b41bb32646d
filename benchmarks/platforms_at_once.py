"""Measure all platforms built by one command against one command for each, side by side.

    python benchmarks/platforms_at_once.py [--rounds N] [--platforms a,b,c]

Each round builds the answer key both ways, one after the other, the first by turns; the ratio
is that of the medians. Platforms that the local channel lacks have to be added first:
`crosscraft channel build --platform all`. The limit is 0.6.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
from pathlib import Path

from run import CROSSCRAFT, call, measure

from crosscraft import ROOT
from crosscraft.platforms import ALL, selection

LIMIT = 0.6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--platforms", default=ALL)
    arguments = parser.parse_args()
    names = [platform.subdir for platform in selection(arguments.platforms)]

    def at_once(folder: Path) -> None:
        build(folder, ",".join(names))

    def one_by_one(folder: Path) -> None:
        for name in names:
            build(folder, name)

    measure(at_once)  # so that each side finds every package unpacked
    taken: dict[object, list[float]] = {at_once: [], one_by_one: []}
    for number in range(arguments.rounds):
        sides = (at_once, one_by_one)
        for side in sides if number % 2 else sides[::-1]:
            taken[side].append(measure(side))
    ours, peer = (statistics.median(taken[side]) for side in (at_once, one_by_one))
    print(f"{len(names)} platforms, {os.cpu_count()} cores, {arguments.rounds} rounds")
    print(f"at once {ours:.1f} s, one by one {peer:.1f} s: {ours / peer:.2f}, limit {LIMIT}")
    return int(ours / peer > LIMIT)


def build(folder: Path, platforms: str) -> None:
    """Build in `folder`, which gets a copy of the answer key."""
    project = folder / "cpp_math"
    if not project.exists():
        shutil.copytree(
            ROOT / "cpp_math", project, ignore=shutil.ignore_patterns("output", "build")
        )
    call([CROSSCRAFT, "build", "--project", str(project), "--target-platform", platforms,
          "--output-dir", str(folder / "output")])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
