"""Read the logs that rattler-build, the program or the bindings, writes into its output folder."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from crosscraft.building.engines.interface import Failure, Kind, OnEvent
from crosscraft.building.engines.phases import Phases

__all__ = ["LogFiles"]

_STAMP = re.compile(r"_[0-9]{10}$")
_RANDOM = 6
"""The number of random characters that rattler-build appends to the name of a test's folder."""


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
            if any(self.scratch.glob(f"test/test_{glob.escape(name)}{'?' * _RANDOM}")):
                self.enter(name, "test")

    def close(self) -> None:
        for log in self._open.values():
            log.close()

    def paths(self) -> tuple[tuple[str, Path], ...]:
        """Return the logs of the outputs in build order, then the log of the last test."""
        order = list(self.outputs)
        builds = [(name, log) for name, log in _started(self.scratch) if log.exists()]
        builds.sort(key=lambda item: order.index(item[0]))
        last = [log for test in self._tests()[-1:] for log in test.glob("*/conda_build.log")]
        return (*builds, *(("test", log) for log in last))

    def failed(self, kind: Kind, text: str) -> Failure:
        """Return the failure in the last output, or in the last test of the kind ``test``."""
        tests = self._tests()
        if kind != "test" or not tests:
            return Failure(kind, text, next(reversed(self.outputs), ""))
        named = tests[-1].name[:-_RANDOM]
        same = sum(test.name[:-_RANDOM] == named for test in tests)
        return Failure(kind, text, named.removeprefix("test_"), same - 1)

    def _tests(self) -> list[Path]:
        """Return the folders of the tests that began, in order."""
        return sorted(self.scratch.glob("test/test_*"), key=lambda test: test.stat().st_mtime_ns)

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
