"""Measure how time and memory grow: with functions, platforms, learners, size, members.

    python benchmarks/growth.py [--only CURVE…] [--rounds N]   # measure, print, write JSON
    python benchmarks/growth.py --keep [--only CURVE…]         # what was measured: the page's
    python benchmarks/growth.py --draw [--only CURVE…]         # draw docs/images from the page's
    python benchmarks/growth.py --table [--only CURVE…]        # the page's tables

Figures go to build/bench/growth-CURVE.json; those of docs/performance.md are kept in
docs/performance/. Numbers are medians of some rounds, and the page gives ratios to the first
point: absolute ones are of one machine. Learners are measured by hub_learners.py, and drawn here.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import growth_usage
from side_by_side import work_in_memory

from crosscraft.paths import ROOT

MEASURED = ROOT / "build" / "bench"
KEPT = ROOT / "docs" / "performance"
IMAGES = ROOT / "docs" / "images"


@dataclass(frozen=True)
class Curve:
    """One thing that grows, and what is measured while it does."""

    name: str
    """What the command line calls it, and the figures' file."""
    module: str
    """Where it is measured, in this folder."""
    points: str
    """The name of a dict there: the points of each line."""
    prepared: str
    """The name of a context manager there, ``(line, x)``: it gives what measures once."""
    rounds: int
    """How often each point is measured."""
    grows: str
    """The axis along which it grows."""
    linear: bool = False
    """Whether that axis is drawn linear; otherwise logarithmic."""
    time: str = "cpu"
    """Which time is drawn: ``cpu`` or ``seconds``."""
    memory: str = "largest"
    """Which memory is drawn: ``largest`` or ``together``."""


CURVES = (
    Curve("functions", "growth_builds", "FUNCTIONS", "of_functions", 3, "functions in math.cpp"),
    Curve(
        "platforms", "growth_builds", "PLATFORMS", "of_platforms", 3, "platforms",
        linear=True, time="seconds", memory="together",
    ),
    Curve("sizes", "growth_inspection", "SIZES", "of_size", 3, "bytes of the package"),
    Curve("members", "growth_inspection", "COUNTS", "of_count", 3, "members of 100 bytes"),
)  # fmt: skip

Figures = dict[str, list[dict[str, float]]]
"""Of each line the points: ``x``, and the fields of :class:`growth_usage.Usage`."""


def measure(curve: Curve, rounds: int, upto: float) -> Figures:
    """Measure each point of a curve and print a row for it, with its ratio to the line's first.

    All lines' first points come first: some machines are slower after minutes of work.
    """
    module = importlib.import_module(curve.module)
    lines: dict[str, Sequence[float]] = getattr(module, curve.points)
    found: Figures = {line: [] for line in lines}
    width = max(map(len, lines))
    print(
        f"\n{'':{width}} {curve.grows:>24} {'seconds':>8} {'cpu':>8} {'ratio':>7}  largest      all"
    )
    for x in sorted({x for points in lines.values() for x in points if x <= upto}):
        for line in (line for line, points in lines.items() if x in points):
            with getattr(module, curve.prepared)(line, x) as once:
                taken = growth_usage.median([once() for _ in range(rounds)])
            found[line].append({"x": x, **taken})
            ratio = taken[curve.time] / found[line][0][curve.time]
            times = f"{taken['seconds']:8.2f} {taken['cpu']:8.2f} {ratio:7.2f}"
            memory = f"{_mb(taken['largest']):>8} {_mb(taken['together']):>8}"
            print(f"{line:{width}} {x:24,} {times} {memory}", flush=True)
    return found


def kept(curve: Curve) -> dict[str, Any]:
    """Return the page's figures of a curve: ``machine``, ``rounds``, ``lines``."""
    told: dict[str, Any] = json.loads((KEPT / f"{curve.name}.json").read_text(encoding="utf-8"))
    return told


def table(curve: Curve, lines: Figures) -> str:
    """Return a curve as a table in Markdown: the ratio of time, and memory, of each line."""
    xs = sorted({point["x"] for points in lines.values() for point in points})
    head = [curve.grows, *(f"{name}: ratio | MB" for name in lines)]
    rows = [" | ".join(head), " | ".join(["---"] * (1 + 2 * len(lines)))]
    for x in xs:
        cells = [f"{x:,}"]
        for points in lines.values():
            here = [point for point in points if point["x"] == x]
            cells += [f"{p[curve.time] / points[0][curve.time]:.2f}" for p in here] or [""]
            cells += [f"{p[curve.memory] / 1e6:.0f}" for p in here] or [""]
        rows.append(" | ".join(cells))
    firsts = (f"{name} {points[0][curve.time]:.2f} s" for name, points in lines.items())
    return "\n".join(f"| {row} |" for row in rows) + f"\n\nThe first points: {', '.join(firsts)}."


def _mb(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def machine() -> str:
    """Return what the figures were measured on, in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{os.cpu_count()} cores, {memory / 2**30:.0f} GiB"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    names = [curve.name for curve in CURVES]
    parser.add_argument("--only", nargs="+", choices=[*names, "learners"], metavar="CURVE")
    parser.add_argument("--rounds", type=int, help="in place of each curve's own number")
    parser.add_argument("--upto", type=float, default=float("inf"), help="the last point")
    parser.add_argument("--keep", action="store_true", help="make what was measured the page's")
    parser.add_argument("--table", action="store_true", help="print what is kept, as Markdown")
    parser.add_argument("--draw", action="store_true", help="draw what is kept")
    arguments = parser.parse_args(argv)
    wanted = [curve for curve in CURVES if curve.name in (arguments.only or names)]
    if arguments.draw:
        import growth_drawing

        return growth_drawing.main(CURVES, arguments.only, KEPT, IMAGES)
    for curve in wanted:
        if arguments.table:
            print(f"\n{table(curve, kept(curve)['lines'])}")
            continue
        file = MEASURED / f"growth-{curve.name}.json"
        if arguments.keep:
            KEPT.mkdir(exist_ok=True)
            shutil.copyfile(file, KEPT / f"{curve.name}.json")
            continue
        work_in_memory()
        rounds = arguments.rounds or curve.rounds
        lines = measure(curve, rounds, arguments.upto)
        MEASURED.mkdir(parents=True, exist_ok=True)
        told = {"machine": machine(), "rounds": rounds, "lines": lines}
        file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        print(f"\n{file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
