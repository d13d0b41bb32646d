"""Where the time of the notebooks goes, when they run as tests.

    python benchmarks/notebooks.py [NOTEBOOK…]

The notebooks are run by pytest, one after the other. Meanwhile its processes are looked at fifty
times a second, and each moment is booked on the first row of `KINDS` that fits one of them. What
no row fits is the kernel's own work, nbval's, and pytest's. A kernel's start is measured by
itself.

To look must not cost much, or it slows what it looks at: only pytest's own descendants are read,
and not the whole process table.

The job of the table is `make test`, which runs several notebooks at once, against the builds and
kernel starts among those moments: what they take by themselves, one after the other.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from side_by_side import ENVIRONMENT, Action, Job, call

from crosscraft.jupyter.kernels import SocketManager
from crosscraft.paths import ROOT

KINDS = {
    "engine builds": ("crosscraft.building.engines.worker",),
    "compiled by hand": ("ninja", "cmake", "cc1plus", "g++", "gcc"),
    "emulated": ("qemu-",),
    "type checkers": ("mypy", "pyright"),
    "crosscraft itself": ("crosscraft",),
}
"""What a process is called, the dearest first: a build runs inside crosscraft."""
BARE = ("engine builds", "compiled by hand")
"""The rows that any way to run the same lessons would have."""
_LOOK = 0.02
"""Seconds between two looks."""


def kernel_start() -> float:
    """Seconds until a kernel answers, the median of five."""
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        manager = SocketManager(kernel_name="python3")
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready()
        taken.append(time.perf_counter() - started)
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return statistics.median(taken)


def below(process: int) -> Iterator[int]:
    """Yield the numbers of all descendants of a process."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = " ".join((task / "children").read_text() for task in tasks)
    except OSError:  # it has just ended
        return
    for child in map(int, children.split()):
        yield child
        yield from below(child)


def kind_of(process: int) -> str | None:
    """Return the row of `KINDS` that a process belongs to."""
    try:
        command = Path(f"/proc/{process}/cmdline").read_text(errors="replace")
    except OSError:
        return None
    # The words of a command, and of what a Python runs; arguments further on tell nothing.
    words = " ".join(Path(word).name for word in command.split("\0")[:4])
    return next((kind for kind, names in KINDS.items() if any(n in words for n in names)), None)


def watch(paths: list[Path]) -> tuple[float, dict[str, float]]:
    """Run the notebooks in one pytest; return its seconds, and those of each kind."""
    argv = [sys.executable, "-m", "pytest", "--nbval", "--quiet", "-p", "no:cacheprovider"]
    booked = dict.fromkeys(KINDS, 0.0)
    started = last = time.perf_counter()
    with subprocess.Popen([*argv, *map(str, paths)], cwd=ROOT, env=ENVIRONMENT) as running:
        while running.poll() is None:
            alive = {kind_of(process) for process in below(running.pid)}
            now = time.perf_counter()
            kind = next((kind for kind in KINDS if kind in alive), None)
            if kind:
                booked[kind] += now - last
            last = now
            time.sleep(_LOOK)
    if running.returncode:
        sys.exit("a notebook failed")
    return time.perf_counter() - started, booked


def every_notebook() -> list[Path]:
    """The series, in order."""
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def by_make_test(folder: Path) -> Action:
    """The notebooks' part of `make test`."""
    return lambda: call(["make", "test", "TEST_ARGS=notebooks"], cwd=ROOT)


def bare(folder: Path) -> Action:
    """The builds and kernel starts inside, one after the other."""

    def action() -> float:
        paths = every_notebook()
        starts = kernel_start() * len(paths)
        _, booked = watch(paths)
        return starts + sum(booked[kind] for kind in BARE)

    return action


JOBS = (
    Job(
        "notebooks",
        "the notebooks as tests, second run",
        "the builds and kernel starts inside",
        1.3,
        by_make_test,
        bare,
    ),
)


def main() -> None:
    paths = [Path(name).resolve() for name in sys.argv[1:]]
    paths = paths or every_notebook()
    starts = kernel_start() * len(paths)
    total, booked = watch(paths)
    rows = {f"{len(paths)} kernel starts": starts, **booked}
    rows["the kernels' own work, nbval and pytest"] = total - sum(rows.values())
    for name, seconds in rows.items():
        print(f"{seconds:8.1f} s  {name}")
    by_themselves = starts + sum(booked[kind] for kind in BARE)
    times = total / by_themselves
    print(f"{total:8.1f} s  in all: {times:.2f} times starts, builds and compiling by hand")


if __name__ == "__main__":
    main()
