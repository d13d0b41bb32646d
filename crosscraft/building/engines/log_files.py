"""Read the logs that rattler-build, the program or the bindings, writes into its output folder."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from crosscraft.building.engines.interface import OnEvent
from crosscraft.building.engines.phases import Phases

__all__ = ["LogFiles"]

_STAMP = re.compile(r"_[0-9]{10}$")


class LogFiles(Phases):
    """Follows the logs in the output folder `scratch` while they grow."""

    def __init__(self, scratch: Path, on_event: OnEvent) -> None:
        super().__init__(on_event)
        self.scratch = scratch
        self._open: dict[str, IO[str]] = {}
        self._partial: dict[str, str] = {}

    def poll(self) -> None:
        """Read the new lines. The log of each output is read to its end before the next one."""
        started = dict(_started(self.scratch))
        new = [name for name in started if name not in self.outputs]
        new.sort(key=lambda name: started[name].parent.stat().st_mtime_ns)
        for name in [*self.outputs, *new]:
            if name in new:
                self.enter(name, "environments")
            if name not in self._open and started[name].exists():
                self._open[name] = started[name].open(encoding="utf-8", errors="replace")
            for line in self._new_lines(name):
                self.read(name, line)
            # rattler-build appends six random characters to the name.
            if any(self.scratch.glob(f"test/test_{glob.escape(name)}??????")):
                self.enter(name, "test")

    def close(self) -> None:
        for log in self._open.values():
            log.close()

    def paths(self) -> tuple[tuple[str, Path], ...]:
        """Return the logs of the outputs in build order, then the logs of the tests."""
        order = list(self.outputs)
        builds = [(name, log) for name, log in _started(self.scratch) if log.exists()]
        builds.sort(key=lambda item: order.index(item[0]))
        tests = sorted(
            self.scratch.glob("test/*/*/conda_build.log"), key=lambda log: log.stat().st_mtime_ns
        )
        return (*builds, *(("test", log) for log in tests))

    def _new_lines(self, name: str) -> list[str]:
        """Return the complete lines added to a log. A partial line is kept for the next call."""
        if name not in self._open:
            return []
        text = self._partial.get(name, "") + self._open[name].read()
        *lines, self._partial[name] = text.split("\n")
        return lines


def _started(scratch: Path) -> Iterator[tuple[str, Path]]:
    """Yield each output that was started, and the path of its present or future log.

    rattler-build names the folder ``rattler-build_<name>``. By default ``_<seconds>`` follows.
    """
    for folder in sorted(scratch.glob("bld/rattler-build_*/work")):
        name = _STAMP.sub("", folder.parent.name.removeprefix("rattler-build_"))
        yield name, folder / "conda_build.log"
