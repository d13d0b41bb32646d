"""Measure this project against its peers: one table, as JSON and as a plot too.

    python -m benchmarks.run [--rounds N] [--only JOB…] [--quick] [--output DIR]
    python -m benchmarks.run --keep [--output DIR]    # what was measured: the page's

Both sides of a row are measured in this run, in turns. What counts is the ratio of the medians;
a row whose ratio is above its limit makes the exit status 1.

What is kept is docs/performance/bench.json, row by row, and the plot beside the others in
docs/images/; docs/performance.md has the table.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import builds, channels, inspections, memory, starts, wheels
from benchmarks.side_by_side import Job, Measured, measure, work_in_memory
from crosscraft.paths import ROOT

JOBS: tuple[Job, ...] = (
    *channels.JOBS,
    *builds.JOBS,
    *wheels.JOBS,
    *inspections.JOBS,
    *starts.JOBS,
    *memory.JOBS,
)
"""Every row of the table."""
KEPT = ROOT / "docs" / "performance" / "bench.json"
PLOT = ROOT / "docs" / "images" / "bench.svg"
_QUICK = ("native", "native-edited", "cross", "cross-edited", "help", "inspect")
"""What `--quick` measures: all that needs no network and no minutes."""


def main() -> int:
    """Measure, show, store; return the exit status."""
    by_key = {job.key: job for job in JOBS}
    keys = list(by_key)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="of each job [5]")
    parser.add_argument("--only", nargs="+", metavar="JOB", choices=keys, help=", ".join(keys))
    parser.add_argument("--quick", action="store_true", help="one round of what takes no minutes")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--keep", action="store_true", help="make what was measured the page's")
    arguments = parser.parse_args()
    if arguments.keep:
        keep(arguments.output / "bench.json")
        print(markdown(kept()))
        return 0
    rounds = 1 if arguments.quick else arguments.rounds
    wanted = arguments.only or (_QUICK if arguments.quick else keys)
    arguments.output.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    if not work_in_memory():
        console.print("there is no room in memory: what is measured works on a disk")
    measured: list[Measured] = []
    for key in (key for key in keys if key in wanted):
        console.print(f"measuring {key}, rounds: {rounds}", highlight=False)
        measured.append(measure(by_key[key], rounds))
        # After each row: who interrupts this has what was measured so far.
        store(measured, rounds, arguments.output)
    Console().print(table(measured))
    console.print(f"also as {arguments.output}/bench.json and bench.svg", highlight=False)
    return not all(one.kept for one in measured)


def store(measured: Sequence[Measured], rounds: int, folder: Path) -> None:
    """Write the table as JSON and as a plot."""
    told = facts(measured, rounds)
    (folder / "bench.json").write_text(f"{json.dumps(told, indent=2)}\n")
    draw(told["jobs"], folder / "bench.svg")


def keep(path: Path) -> None:
    """Make the rows of the file at `path` the page's; other rows stay as they were."""
    rows = {row["job"]: row for told in (KEPT, path) for row in read(told)}
    ordered = [rows[key] for key in (job.key for job in JOBS) if key in rows]
    KEPT.write_text(f"{json.dumps({'jobs': ordered}, indent=1)}\n", encoding="utf-8")
    draw(ordered, PLOT)


def kept() -> list[dict[str, Any]]:
    """Return the page's rows."""
    return read(KEPT)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows that a file has; none if there is no such file."""
    if not path.exists():
        return []
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["jobs"]
    return rows


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Return `rows` as the page's table."""
    lines = [
        "| job | ratio | of each round | limit | of processor time |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        each = sorted(ours / theirs for ours, theirs in row["seconds"])
        ours, theirs = (statistics.median(side) for side in zip(*row["processor"], strict=True))
        cells = (
            row["title"],
            f"{row['ratio']:.2g}" + ("" if row["kept"] else ", **missed**"),
            f"{each[0]:.2g} to {each[-1]:.2g}, {len(each)} rounds",
            f"{row['limit']:g}",
            f"{ours / theirs:.2g}" if ours and theirs else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def table(measured: Sequence[Measured]) -> Table:
    """The table, for people."""
    drawn = Table("job", "peer")
    for title in ("ours", "peer's", "ratio", "limit", "of processor time"):
        drawn.add_column(title, justify="right")
    for one in measured:
        drawn.add_row(
            one.job.title,
            one.job.peer,
            f"{one.ours:.2f} {one.job.unit}",
            f"{one.theirs:.2f} {one.job.unit}",
            f"{one.ratio:.3g}",
            f"{one.job.limit:g}" if one.kept else f"{one.job.limit:g}, missed",
            "" if one.processor_ratio is None else f"{one.processor_ratio:.3g}",
            style=None if one.kept else "bold",
        )
    return drawn


def facts(measured: Sequence[Measured], rounds: int) -> dict[str, Any]:
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


def draw(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """The ratios on a logarithmic scale, each with its limit; every round is a dot."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "crosscraft", "svg.fonttype": "none"}  # text remains text
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.9 + 0.42 * len(rows)), layout="constrained")
    for number, row in enumerate(rows):
        rounds = [ours / theirs for ours, theirs in row["seconds"]]
        axes.plot(rounds, [number] * len(rounds), "o", color="#8c8c8c", markersize=4)
        axes.plot([row["ratio"]], [number], "D", color="#0b5394", markersize=8)
        axes.plot([row["limit"]], [number], "|", color="#b45f06", markersize=20, markeredgewidth=3)
    axes.plot([], [], "D", color="#0b5394", label="ratio of the medians")
    axes.plot([], [], "o", color="#8c8c8c", markersize=4, label="each round")
    axes.plot([], [], "|", color="#b45f06", markersize=12, markeredgewidth=3, label="limit")
    axes.set_xscale("log")
    axes.axvline(1, color="#cccccc", zorder=0)
    axes.set_yticks(range(len(rows)), [row["title"] for row in rows])
    axes.invert_yaxis()
    axes.set_xlabel("time or memory of this project by that of its peer: less is better")
    figure.legend(loc="outside upper right", ncols=3, frameon=False)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
