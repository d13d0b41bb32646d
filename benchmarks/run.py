"""Measure this project against its peers: one table, as JSON and as a plot too.

    python benchmarks/run.py [--rounds N] [--only JOB…] [--quick] [--output DIR]

Both sides of a row are measured in this run, in turns. What counts is the ratio of the medians;
a row whose ratio is above its limit makes the exit status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

import at_once
import builds
import channels
import starts
from rich.console import Console
from rich.table import Table
from side_by_side import Job, Measured, measure

import notebooks
from crosscraft import ROOT

JOBS: tuple[Job, ...] = (*channels.JOBS, *builds.JOBS, *at_once.JOBS, *starts.JOBS)
"""Every row whose two sides are separate; the notebooks measure both in one run."""
_QUICK = ("native", "native-edited", "native-unchanged", "cross", "cross-edited", "help", "inspect")
"""What `--quick` measures: all that needs no network and no minutes."""


def main() -> int:
    """Measure, show, store; return the exit status."""
    by_key = {job.key: job for job in JOBS}
    keys = [*by_key, notebooks.KEY]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="of each job [5]")
    parser.add_argument("--only", nargs="+", metavar="JOB", choices=keys, help=", ".join(keys))
    parser.add_argument("--quick", action="store_true", help="one round of what takes no minutes")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "bench")
    arguments = parser.parse_args()
    rounds = 1 if arguments.quick else arguments.rounds
    wanted = arguments.only or (_QUICK if arguments.quick else keys)
    arguments.output.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    measured: list[Measured] = []
    for key in (key for key in keys if key in wanted):
        console.print(f"measuring {key}, rounds: {rounds}", highlight=False)
        measured.append(
            notebooks.measure(rounds) if key == notebooks.KEY else measure(by_key[key], rounds)
        )
        # After each row: who interrupts this has what was measured so far.
        store(measured, rounds, arguments.output)
    Console().print(table(measured))
    console.print(f"also as {arguments.output}/bench.json and bench.svg", highlight=False)
    return not all(one.kept for one in measured)


def store(measured: Sequence[Measured], rounds: int, folder: Path) -> None:
    """Write the table as JSON and as a plot."""
    text = json.dumps(facts(measured, rounds), indent=2)
    (folder / "bench.json").write_text(f"{text}\n")
    draw(measured, folder / "bench.svg")


def table(measured: Sequence[Measured]) -> Table:
    """The table, for people."""
    drawn = Table("job", "peer")
    for title in ("ours", "peer's", "ratio", "limit", "of processor time"):
        drawn.add_column(title, justify="right")
    for one in measured:
        drawn.add_row(
            one.job.title,
            one.job.peer,
            f"{one.ours:.2f} s",
            f"{one.theirs:.2f} s",
            f"{one.ratio:.3g}",
            f"{one.job.limit:g}" if one.kept else f"{one.job.limit:g}, missed",
            "" if one.processor_ratio is None else f"{one.processor_ratio:.3g}",
            style=None if one.kept else "bold",
        )
    return drawn


def facts(measured: Sequence[Measured], rounds: int) -> dict[str, object]:
    """The same for programs, with every round."""
    rows = [
        {
            "job": one.job.key,
            "title": one.job.title,
            "peer": one.job.peer,
            "ratio": round(one.ratio, 4),
            "limit": one.job.limit,
            "kept": one.kept,
            "seconds": [[round(side.seconds, 4) for side in pair] for pair in one.pairs],
            "processor": [[round(side.processor, 4) for side in pair] for pair in one.pairs],
        }
        for one in measured
    ]
    machine = {
        "processors": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
    }
    return {"rounds": rounds, "machine": machine, "jobs": rows}


def draw(measured: Sequence[Measured], path: Path) -> None:
    """The ratios on a logarithmic scale, each with its limit; every round is a dot."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "crosscraft"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.9 + 0.42 * len(measured)), layout="constrained")
    for row, one in enumerate(measured):
        rounds = [ours.seconds / theirs.seconds for ours, theirs in one.pairs]
        axes.plot(rounds, [row] * len(rounds), "o", color="#8c8c8c", markersize=4)
        axes.plot([one.ratio], [row], "D", color="#0b5394", markersize=8)
        axes.plot([one.job.limit], [row], "|", color="#b45f06", markersize=20, markeredgewidth=3)
    axes.plot([], [], "D", color="#0b5394", label="ratio of the medians")
    axes.plot([], [], "o", color="#8c8c8c", markersize=4, label="each round")
    axes.plot([], [], "|", color="#b45f06", markersize=12, markeredgewidth=3, label="limit")
    axes.set_xscale("log")
    axes.axvline(1, color="#cccccc", zorder=0)
    axes.set_yticks(range(len(measured)), [one.job.title for one in measured])
    axes.invert_yaxis()
    axes.set_xlabel("time of this project by time of its peer; less is faster")
    figure.legend(loc="outside upper right", ncols=3, frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


if __name__ == "__main__":
    sys.exit(main())
