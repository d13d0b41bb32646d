"""Measure what is read out of a package against unpacking it, side by side, in ratios.

    python benchmarks/inspect_package.py [--rounds N] [PACKAGE]

Without a package: the largest of the local channel. Each round runs every job once, one after
the other, in turns; a ratio is that of the medians. The binaries are the first, the middle and
the last one of the archive, and the largest; where they lie is printed, as the share of the
payload that comes before their end.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from conda_package_handling import api

from crosscraft.channel import local
from crosscraft.inspection import conda_file
from crosscraft.inspection.conda_file.contents import ELF_MAGIC

LIMITS = {"index facts": 50.0, "middle binary": 3.0}
"""How many times as fast as unpacking it should be at least."""


def binaries(package: Path) -> list[tuple[str, float, int]]:
    """Return each ELF file of a package, the share of the payload up to its end, its size."""
    found, before = [], 0
    for member, content in conda_file.payload(package):
        before += member.size
        if content is not None and content.read(4) == ELF_MAGIC:
            found.append((member.path, before, member.size))
    return [(path, end / before, size) for path, end, size in found]


def unpack(package: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        api.extract(str(package), folder)
        unpack.seconds = time.perf_counter() - began  # type: ignore[attr-defined]


def timed(job: Callable[[], object]) -> float:
    """Return the seconds of a job; of unpacking without the removal that follows."""
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    packages = local.find().glob("*/*.conda")
    package = options.package or max(packages, key=lambda path: path.stat().st_size)
    found = binaries(package)
    chosen = {
        "first binary": found[0],
        "middle binary": min(found, key=lambda row: abs(row[1] - 0.5)),
        "last binary": found[-1],
        "largest binary": max(found, key=lambda row: row[2]),
    }
    jobs: dict[str, Callable[[], object]] = {"index facts": lambda: conda_file.read(package)}
    for name, (path, _, _) in chosen.items():
        jobs[name] = lambda path=path: conda_file.open_member(package, path)
    taken: dict[str, list[float]] = {name: [] for name in ("unpacking", *jobs)}
    for _ in range(options.rounds):
        for name, job in jobs.items():
            taken[name].append(timed(job))
        unpack(package)
        taken["unpacking"].append(unpack.seconds)  # type: ignore[attr-defined]
    print(f"{package.name}, {package.stat().st_size / 1e6:.1f} MB, {len(found)} binaries")
    whole = statistics.median(taken["unpacking"])
    print(f"unpacking: {whole:.3f} s, median of {options.rounds}")
    for name in jobs:
        ratio = whole / statistics.median(taken[name])
        limit = f" (at least {LIMITS[name]:.0f})" if name in LIMITS else ""
        print(f"{name}: {ratio:.1f} times as fast{limit}")
        if name in chosen:
            path, share, size = chosen[name]
            print(f"    {path}, {size / 1e6:.1f} MB, ends at {share:.0%} of the payload")


if __name__ == "__main__":
    main()
