"""What a rehearsed room took, and how many learners each limit of the machine allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from crosscraft.text import table

__all__ = ["PATIENCE", "Found", "Learner", "Limit", "Machine", "limits", "text"]

PATIENCE = 120.0
"""The seconds that a learner waits for a build before they ask whether it hangs."""
_SPARE = 0.9
"""The part of memory and disk that a room may take."""


@dataclass(frozen=True, slots=True)
class Learner:
    """One learner's lesson."""

    first: float
    """The seconds from the start of the room to the first result of a program for Arm."""
    build: float
    """The seconds of the cell that builds a package for Arm and runs it."""
    disk: int
    """The bytes on disk of the workspace and the cache."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine had to give when the room began."""

    memory: int
    """The available memory, in bytes."""
    disk: int
    """The free disk space, in bytes."""
    tasks: int
    """The processes and threads that this user may have."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a room of learners took."""

    machine: Machine
    """What there was."""
    learners: tuple[Learner, ...]
    """Those who came to the end of the lesson's build."""
    failed: tuple[str, ...]
    """What stopped each of the others."""
    memory: int
    """The peak memory of all kernels and their children, in bytes."""
    tasks: int
    """The highest number of their processes and threads."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the machine."""

    what: str
    """What there is too little of."""
    learners: int
    """How many learners it allows."""


def limits(found: Found) -> list[Limit]:
    """Return the limits, the one that a growing room meets first before the others.

    All of them are in proportion to the number of learners: memory, disk and threads because each
    learner has their own, and the time because builds share the processor.

    :raises ValueError: if nobody came to the end.
    """
    if not found.learners:
        raise ValueError("no learner came to the end")
    count = len(found.learners)
    machine, slowest = found.machine, max(one.build for one in found.learners)
    disk = sum(one.disk for one in found.learners)
    each = [
        Limit("time", int(count * PATIENCE / slowest)),
        Limit("memory", int(count * _SPARE * machine.memory / max(1, found.memory))),
        Limit("disk", int(count * _SPARE * machine.disk / max(1, disk))),
        Limit("processes", int(count * machine.tasks / max(1, found.tasks))),
    ]
    return sorted(each, key=lambda limit: limit.learners)


def text(found: Found) -> str:
    """Return what to print about a room."""
    return "\n".join(_lines(found))


def _lines(found: Found) -> Iterator[str]:
    if found.learners:
        yield from _tables(found)
    for problem in found.failed:
        yield f"did not finish: {problem}"


def _tables(found: Found) -> Iterator[str]:
    learners, count = found.learners, len(found.learners)
    times = {
        "until Python for Arm has run": [one.first for one in learners],
        "build for Arm, and its run": [one.build for one in learners],
    }
    rows = [(what, f"{median(each):.1f} s", f"{max(each):.1f} s") for what, each in times.items()]
    yield table(rows, ("time", "median", "worst"), right=(1, 2))
    yield ""
    disk = sum(one.disk for one in learners)
    taken = [
        ("memory at the peak", *_gigabytes(found.memory, count)),
        ("disk", *_gigabytes(disk, count)),
        ("processes and threads", str(found.tasks), f"{found.tasks / count:.0f}"),
    ]
    yield table(taken, ("taken", "the room", "a learner"), right=(1, 2))
    yield ""
    every = limits(found)
    allowed = [(limit.what, str(limit.learners)) for limit in every]
    yield table(allowed, ("limit", "learners"), right=(1,))
    yield ""
    yield _sentence(every[0], count)


def _gigabytes(size: int, learners: int) -> tuple[str, str]:
    return f"{size / 1e9:.1f} GB", f"{size / learners / 1e9:.2f} GB"


def _sentence(first: Limit, count: int) -> str:
    if first.learners >= count:
        return f"{count} fit. The first limit is {first.what}, at about {first.learners}."
    return f"The first limit is {first.what}. About {first.learners} of {count} fit."
