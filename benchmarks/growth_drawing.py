"""Draw the curves of growth.py from the figures that docs/performance/ keeps.

Two panels each, time and memory, as an SVG that is the same to the letter for the same figures.
It has a background of its own, so that it reads in light and dark themes; lines differ in
colour (Okabe and Ito's, made to be told apart by all), marker and dash.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from growth import Curve

from crosscraft.paths import ROOT

LEARNERS = ROOT / "deploy" / "measured.json"
"""The figures of benchmarks/hub_learners.py."""

Points = Sequence[tuple[float, float]]

_STYLES = (("#0072B2", "o", "-"), ("#D55E00", "s", "--"), ("#007A5A", "^", ":"))
_PAPER, _INK, _GRID = "#fbfaf7", "#222222", "#d8d5cc"


@dataclass(frozen=True)
class Panel:
    """One of the two halves of a picture."""

    title: str
    """What is up the side."""
    lines: Mapping[str, Points]
    """The points of each line; the name is in the legend."""
    log: bool
    """Whether the side is logarithmic."""


def panels(curve: Curve, lines: Mapping[str, list[dict[str, float]]]) -> tuple[Panel, Panel]:
    """Return time, in ratio to the first point of each line, and memory."""
    times, memory = {}, {}
    for name, points in lines.items():
        first = points[0][curve.time]
        times[f"{name} (1 is {first:.2g} s)"] = [(p["x"], p[curve.time] / first) for p in points]
        memory[name] = [(p["x"], p[curve.memory] / 1e6) for p in points]
    what = {"cpu": "processor time", "seconds": "time"}[curve.time]
    whose = {"largest": "its largest process", "together": "all processes together"}[curve.memory]
    return (
        Panel(f"{what}, ratio to the first", times, log=not curve.linear),
        Panel(f"peak of {whose}, MB", memory, log=not curve.linear),
    )


def learners(told: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[Panel, Panel]:
    """Return the same of classes of learners, as benchmarks/hub_learners.py has measured them."""
    times, memory = {}, {}
    for key, name in _CLASSES.items():
        alone = told[key][0]["seconds"]
        times[f"{name} (1 is {alone:.0f} s)"] = [
            (one["learners"], one["seconds"] / alone) for one in told[key]
        ]
        memory[name] = [(one["learners"], one["together"] / 1e6) for one in told[key]]
    return (
        Panel("time to the last cell, ratio to one alone", times, log=False),
        Panel("peak of all together, MB", memory, log=False),
    )


_CLASSES = {"all": "notebooks 00 to 07", "first": "notebook 00 alone"}
"""What the classes ran, by the words of the figures' file."""


def draw(both: Iterable[Panel], grows: str, linear: bool, file: Path) -> None:
    """Write a picture of two panels to `file`."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    settings: dict[Any, Any] = {
        "svg.hashsalt": "crosscraft",
        "svg.fonttype": "none",  # text remains text
        "font.family": "sans-serif",
        "font.size": 10,
        "text.color": _INK,
        "axes.edgecolor": _INK,
        "axes.labelcolor": _INK,
        "xtick.color": _INK,
        "ytick.color": _INK,
    }
    with matplotlib.rc_context(settings):
        figure, axes = pyplot.subplots(1, 2, figsize=(9.6, 3.8), facecolor=_PAPER)
        for panel, side in zip(both, axes, strict=True):
            _draw_panel(panel, side, grows, linear)
        figure.tight_layout(pad=1.2)
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, metadata={"Date": None, "Creator": None}, facecolor=_PAPER)
        pyplot.close(figure)
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _draw_panel(panel: Panel, side: Any, grows: str, linear: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

    side.set_facecolor(_PAPER)
    for (name, points), (colour, marker, dash) in zip(panel.lines.items(), _STYLES, strict=False):
        xs, ys = zip(*points, strict=True)
        side.plot(xs, ys, color=colour, marker=marker, linestyle=dash, markersize=5, label=name)
    if linear:
        side.xaxis.set_major_locator(MaxNLocator(integer=True))
    else:
        side.set_xscale("log")
    whole = FuncFormatter(lambda value, _: _short(value))
    side.xaxis.set_major_formatter(whole)
    if panel.log:
        side.set_yscale("log")
        side.yaxis.set_minor_formatter(NullFormatter())
    else:
        side.set_ylim(bottom=0)
    side.yaxis.set_major_formatter(whole)
    side.set_xlabel(grows)
    side.set_ylabel(panel.title)
    side.grid(True, color=_GRID, linewidth=0.6)
    side.set_axisbelow(True)
    for edge in ("top", "right"):
        side.spines[edge].set_visible(False)
    top = side.get_ylim()[1]
    side.set_ylim(top=top * (12 if panel.log else 1.35))  # room for the legend
    side.legend(loc="upper left", frameon=False, fontsize=9)


def _short(value: float) -> str:
    """A number as short as it can be read: ``10 k``, ``1 G``."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def main(curves: Sequence[Curve], only: Sequence[str] | None, kept: Path, images: Path) -> int:
    """Draw the curves that are wanted, and say which picture was written."""
    for curve in curves:
        if not only or curve.name in only:
            told = json.loads((kept / f"{curve.name}.json").read_text(encoding="utf-8"))
            both = panels(curve, told["lines"])
            _say(images / f"growth-{curve.name}.svg", both, curve.grows, curve.linear)
    if (not only or "learners" in only) and LEARNERS.exists():
        figures = json.loads(LEARNERS.read_text(encoding="utf-8"))
        _say(images / "growth-learners.svg", learners(figures), "learners at once", True)
    return 0


def _say(file: Path, both: tuple[Panel, Panel], grows: str, linear: bool) -> None:
    draw(both, grows, linear, file)
    print(file, file=sys.stderr)
