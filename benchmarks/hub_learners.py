"""How time, memory and disk grow with the learners at one hub.

    python benchmarks/hub_learners.py [--learners N …] [--notebooks 00 …] [--json FILE]

JupyterHub and its proxy run on loopback; the learners are simulated (hub_learner.py). All of a
class log in, start their servers and run the notebooks at the same time and without a pause,
which no room does: the time of a class is what the machine takes if it is never idle. Each class
has new homes. A larger class is not tried if the one before took longer than `--patience`, or if
the memory that it would take is not free. What others do on the machine shows in the times, and
not in the seconds of processor time or in the memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from hub_learner import Learner, LessonFailed
from hub_room import Room, open_room
from hub_usage import Usage, Watch, disk

from crosscraft.channel import local
from crosscraft.paths import ROOT

LESSONS = ("00", "01", "02", "03", "04", "05", "06", "07")
CLASSES = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one class took."""

    learners: int
    """How many."""
    cells: int
    """Code cells that ran, of all of them; none failed."""
    start: float
    """Seconds from the log-in to JupyterLab's page, the median."""
    seconds: float
    """Seconds from the log-in to the last cell, the median."""
    slowest: float
    """The same, of the last to finish."""
    cpu: float
    """Seconds of processor time for each learner, the median."""
    pss: int
    """Peak of a learner's memory in bytes, shared pages in parts: the median."""
    rss: int
    """The same with shared pages in full."""
    rest: int
    """PSS of a learner when all is done and each notebook's kernel waits: the median."""
    together: int
    """Peak of all learners' memory at one moment, in bytes."""
    house: int
    """Peak of the hub's and the proxy's, in bytes."""
    disk: dict[str, int]
    """Bytes in the home of one learner, by part."""


async def attend(room: Room, name: str, notebooks: Sequence[str]) -> tuple[float, float, int]:
    """Be one learner; return the seconds to the page and to the end, and the cells that ran."""
    async with Learner(room.url, name, room.password) as learner:
        began = time.monotonic()
        await learner.log_in()
        await learner.start_server()
        started = time.monotonic() - began
        await learner.run(notebooks)
        return started, time.monotonic() - began, learner.done


async def hold(room: Room, count: int, notebooks: Sequence[str]) -> list[tuple[float, float, int]]:
    """Hold a class: `count` learners at the same time."""
    names = [f"learner-{number}" for number in range(1, count + 1)]
    return await asyncio.gather(*(attend(room, name, notebooks) for name in names))


def measure(count: int, notebooks: Sequence[str], channels: Path, within: Path) -> Figures:
    """Hold a class in a hub of its own, and return what it took."""
    with tempfile.TemporaryDirectory(prefix="crosscraft-hub-", dir=within) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with open_room(folder, channels) as room:
            with Watch(room.pid) as watch:
                taken = asyncio.run(hold(room, count, notebooks))
                watch.look()
            starts, ends, cells = zip(*taken, strict=True)
            used, rest = list(watch.learners.values()), list(watch.latest.values())
            return Figures(
                learners=count,
                cells=sum(cells),
                start=statistics.median(starts),
                seconds=statistics.median(ends),
                slowest=max(ends),
                cpu=_median(used, "cpu"),
                pss=int(_median(used, "pss")),
                rss=int(_median(used, "rss")),
                rest=int(_median(rest, "pss")),
                together=watch.together,
                house=watch.house.pss,
                disk=disk(room.homes / "learner-1"),
            )


def _median(used: list[Usage], what: str) -> float:
    return statistics.median(getattr(usage, what) for usage in used)


COLUMNS = (
    "learners",
    "cells",
    "to the page",
    "to the end",
    "ratio",
    "processor each",
    "PSS each",
    "RSS each",
    "at rest",
    "together",
    "hub, proxy",
    "disk each",
)


def row(figures: Figures, one: Figures) -> tuple[str, ...]:
    """Return a line of the table, the same as `COLUMNS`."""
    return (
        str(figures.learners),
        str(figures.cells),
        f"{figures.start:.0f} s",
        f"{figures.seconds:.0f} s",
        f"{figures.seconds / one.seconds:.2f}",
        f"{figures.cpu:.0f} s",
        _mb(figures.pss),
        _mb(figures.rss),
        _mb(figures.rest),
        _mb(figures.together),
        _mb(figures.house),
        _mb(sum(figures.disk.values())),
    )


def _mb(count: int) -> str:
    return f"{count / 1e6:.0f} MB"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, nargs="+", default=CLASSES)
    parser.add_argument("--notebooks", nargs="+", default=LESSONS, help="their numbers")
    parser.add_argument("--patience", type=float, default=480, help="seconds for one class")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="for homes")
    arguments = parser.parse_args()
    # End as on Ctrl-C when asked to terminate, so that the hub ends too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    notebooks = [
        f"notebooks/{path.name}"
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        if path.name[:2] in arguments.notebooks
    ]
    channels = shared_channels(arguments.folder)
    print(" | ".join(COLUMNS), flush=True)
    found: list[Figures] = []
    for count in arguments.learners:
        if found and (reason := too_large(count, found[-1], arguments.patience)):
            print(f"no class of {count}: {reason}")
            break
        try:
            found.append(measure(count, notebooks, channels, arguments.folder))
        except LessonFailed as error:
            sys.exit(f"a class of {count} failed: {error}")
        print(" | ".join(row(found[-1], found[0])), flush=True)
        if arguments.json:
            arguments.json.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")
    for part, size in sorted(found[-1].disk.items(), key=lambda item: -item[1]):
        print(f"  {_mb(size):>8}  {part}")
    return 0


def too_large(count: int, before: Figures, patience: float) -> str:
    """Say why a class of `count` is not to be tried, by the one before; nothing if it may be."""
    if before.slowest > patience:
        return f"{before.learners} took {before.slowest:.0f} s"
    needed, free = before.together / before.learners * count, psutil.virtual_memory().available
    if needed > free:
        return f"it would take {_mb(int(needed))}, and {_mb(free)} are free"
    return ""


def shared_channels(within: Path) -> Path:
    """Return a folder with the channel that others may read: where it is, or a copy."""
    made = local.link_path()
    if os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in made.parent.parents):
        return made.parent
    copy = within / f"crosscraft-channels-{os.geteuid()}"
    if not (copy / made.name).exists():
        copy.mkdir(mode=0o755, exist_ok=True)
        shutil.copytree(local.find(), copy / local.find().name, dirs_exist_ok=True)
        (copy / made.name).symlink_to(local.find().name)
    return copy


if __name__ == "__main__":
    sys.exit(main())
