"""Where the time of the notebooks goes, when they run as tests.

    python benchmarks/notebooks.py [NOTEBOOK…]

The notebooks are run by pytest, one after the other. Meanwhile the process table is looked at
fifty times a second,
and each moment is booked on the first row of `KINDS` that fits a process which is alive. What no
row fits is the kernel's own work, nbval's, and pytest's. A kernel's start is measured by itself.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil
from side_by_side import Action, Job, Measured, Taken

from crosscraft import ROOT
from crosscraft.kernels import SocketManager

KINDS = {
    "engine builds": ("crosscraft.engines.worker",),
    "compiled by hand": ("ninja", "cmake", "cc1plus", "g++", "gcc"),
    "emulated": ("qemu-",),
    "type checkers": ("mypy", "pyright"),
    "crosscraft itself": ("crosscraft",),
}
"""What a process is called, the dearest first: a build runs inside crosscraft."""
BARE = ("engine builds", "compiled by hand")
"""The rows that any way to run the same lessons would have."""
KEY = "notebooks"
"""What ``benchmarks/run.py`` calls this job."""
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


def kind_of(process: psutil.Process) -> str | None:
    """The row of `KINDS` that a process belongs to."""
    try:
        # The words of a command, and of what a Python runs; arguments further on tell nothing.
        words = " ".join(Path(word).name for word in process.cmdline()[:4])
    except psutil.Error:
        return None
    return next((kind for kind, names in KINDS.items() if any(n in words for n in names)), None)


def watch(paths: list[Path]) -> tuple[float, dict[str, float]]:
    """Run the notebooks in one pytest; return its seconds, and those of each kind."""
    argv = [sys.executable, "-m", "pytest", "--nbval", "--quiet", "-p", "no:cacheprovider"]
    booked = dict.fromkeys(KINDS, 0.0)
    started = last = time.perf_counter()
    with subprocess.Popen([*argv, *map(str, paths)], cwd=ROOT) as running:
        root = psutil.Process(running.pid)
        while running.poll() is None:
            alive = {kind_of(process) for process in root.children(recursive=True)}
            now = time.perf_counter()
            kind = next((kind for kind in KINDS if kind in alive), None)
            if kind:
                booked[kind] += now - last
            last = now
            time.sleep(_LOOK)
    if running.returncode:
        sys.exit("a notebook failed")
    return time.perf_counter() - started, booked


def measure(rounds: int) -> Measured:
    """All notebooks as tests, by the bare builds and kernel starts inside the same run.

    The first run fills the caches and does not count.
    """
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    pairs = []
    for _ in range(rounds + 1):
        starts = kernel_start() * len(paths)
        total, booked = watch(paths)
        bare = starts + sum(booked[kind] for kind in BARE)
        pairs.append((Taken(total, 0.0), Taken(bare, 0.0)))
    return Measured(JOB, tuple(pairs[1:]))


def _unused(folder: Path) -> Action:
    raise NotImplementedError("both sides are measured in one run")


JOB = Job(
    KEY,
    "the notebooks as tests, second run",
    "the builds and kernel starts inside",
    1.3,
    _unused,
    _unused,
)


def main() -> None:
    paths = [Path(name).resolve() for name in sys.argv[1:]]
    paths = paths or sorted((ROOT / "notebooks").glob("*.ipynb"))
    starts = kernel_start() * len(paths)
    total, booked = watch(paths)
    rows = {f"{len(paths)} kernel starts": starts, **booked}
    rows["the kernels' own work, nbval and pytest"] = total - sum(rows.values())
    for name, seconds in rows.items():
        print(f"{seconds:8.1f} s  {name}")
    bare = starts + sum(booked[kind] for kind in BARE)
    print(f"{total:8.1f} s  in all: {total / bare:.2f} times starts, builds and compiling by hand")


if __name__ == "__main__":
    main()
