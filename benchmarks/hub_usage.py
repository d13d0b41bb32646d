"""What a hub and its learners use, read from the process table while they work.

Memory is that of ``/proc/PID/smaps_rollup`` (proc(5)). RSS counts a page for each process that
has it. PSS counts it once, in equal parts: its sum over everybody is what they take together,
and RSS minus PSS is what they share. A learner is their server and all that it started.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOOK = 1.0
"""Seconds between two looks."""
_SERVER = "JUPYTERHUB_USER"
"""The variable by which a learner's server knows whose it is."""


@dataclass(slots=True)
class Usage:
    """Peaks of one learner, or of the hub."""

    pss: int = 0
    """Bytes, shared pages in parts."""
    rss: int = 0
    """Bytes, shared pages in full for each process."""
    cpu: float = 0.0
    """Seconds of processor time, with those of children that have ended."""


@dataclass(slots=True)
class Watch:
    """Looks at a hub until it is stopped; a context manager."""

    hub: int
    """The hub's process."""
    learners: dict[str, Usage] = field(default_factory=dict)
    """By name."""
    house: Usage = field(default_factory=Usage)
    """The hub and its proxy."""
    latest: dict[str, Usage] = field(default_factory=dict)
    """Of each learner at the last look."""
    together: int = 0
    """The peak of everybody's PSS at one moment, the hub's left out."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(LOOK):
            self.look()

    def look(self) -> None:
        """Look once, and keep what is higher than before."""
        root = psutil.Process(self.hub)
        processes = [root, *root.children(recursive=True)]
        owners: dict[int, str] = {}
        now: dict[str, Usage] = {}
        for process in processes:  # parents come before their children
            try:
                owner = owners.get(process.ppid()) or _server_of(process)
                owners[process.pid] = owner
                usage = now.setdefault(owner, Usage())
                times = process.cpu_times()
                usage.cpu += times.user + times.system
                usage.cpu += times.children_user + times.children_system
                pss, rss = _memory(process.pid)
            except (psutil.Error, OSError):
                continue  # it has ended
            usage.pss += pss
            usage.rss += rss
        for owner, usage in now.items():
            kept = self.learners.setdefault(owner, Usage()) if owner else self.house
            kept.pss, kept.rss = max(kept.pss, usage.pss), max(kept.rss, usage.rss)
            kept.cpu = max(kept.cpu, usage.cpu)
        self.latest = {owner: usage for owner, usage in now.items() if owner}
        self.together = max(self.together, sum(u.pss for u in self.latest.values()))


def disk(folder: Path) -> dict[str, int]:
    """Return the bytes on the disk of each part of a learner's home; a file with two names
    counts once, for the part that comes first."""
    seen: set[tuple[int, int]] = set()
    parts = dict.fromkeys((name for _, name in _PARTS), 0)
    paths = [(_part(path.relative_to(folder).as_posix()), path) for path in folder.rglob("*")]
    order = list(parts)
    for part, path in sorted(paths, key=lambda item: order.index(item[0])):
        found = path.lstat()
        if (found.st_dev, found.st_ino) not in seen:
            seen.add((found.st_dev, found.st_ino))
            parts[part] += found.st_blocks * 512
    return parts


_PARTS = (
    (r"\.cache/crosscraft/unpacked/", "packages, unpacked"),
    (r"\.cache/crosscraft/environments/", "environments"),
    (r"\.cache/crosscraft/", "cache, the rest"),
    (r"crosscraft/workspace/", "workspace"),
    (r"crosscraft/", "notebooks and pages"),
    (r"", "all else"),
)


def _part(path: str) -> str:
    return next(name for pattern, name in _PARTS if re.match(pattern, path))


def _server_of(process: psutil.Process) -> str:
    """Whose server a process is; nobody's if it is the hub or the proxy."""
    if not any("singleuser" in word for word in process.cmdline()):
        return ""
    return process.environ().get(_SERVER, "")


def _memory(pid: int) -> tuple[int, int]:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = {key: int(kib) * 1024 for key, kib in re.findall(r"^(Pss|Rss): +(\d+) kB", text, re.M)}
    return found.get("Pss", 0), found.get("Rss", 0)
