"""What this machine has, and what its processes take."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

__all__ = [
    "available_memory", "cores", "descendants", "memory", "memory_of", "most_tasks", "tasks_of",
]  # fmt: skip

_GROUP = Path("/sys/fs/cgroup")
"""The control group of a container. Other processes have no limits there."""


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0))


def memory() -> int:
    """Return the memory of this machine, in bytes."""
    return int(psutil.virtual_memory().total)


def available_memory() -> int:
    """Return the memory that programs can get without swapping, in bytes.

    In a container it's what the container may still take.
    """
    free = int(psutil.virtual_memory().available)
    most, used = _allowed("memory.max"), _allowed("memory.current")
    return free if most is None or used is None else min(free, max(0, most - used))


def most_tasks() -> int:
    """Return how many processes and threads the machine, or the container, may have."""
    system = int(Path("/proc/sys/kernel/threads-max").read_text())
    return min(system, _allowed("pids.max") or system)


def memory_of(pid: int) -> int:
    """Return the memory of a process in bytes, or 0 if it has ended.

    Pages that several processes share count in equal parts (PSS), so sums are right.
    """
    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_full_info().pss)
    return 0


def tasks_of(pid: int) -> int:
    """Return the number of threads of a process, or 0 if it has ended."""
    with suppress(psutil.Error):
        return int(psutil.Process(pid).num_threads())
    return 0


def descendants(pid: int) -> list[int]:
    """Return the process IDs of all children of a process, and of their children."""
    with suppress(psutil.Error):
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return []


def _allowed(name: str) -> int | None:
    """Return a number of the control group, or None if there is none."""
    try:
        return int((_GROUP / name).read_text())
    except (OSError, ValueError):  # the limit may be the word max
        return None
