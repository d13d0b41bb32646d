"""Removing what a build has done with, while something else goes on: an environment is thousands
of links, and nobody looks at them again."""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from crosscraft.building.engines.interface import Event, Note
from crosscraft.system import processes

__all__ = ["Tidying"]

_ENVIRONMENTS = ("bld/rattler-build_{name}/*_env*", "test/test_{name}??????/*_env")
"""Where rattler-build makes those of an output, and of its tests."""


class Tidying:
    """A context manager; when it is left, all is gone that it was to remove.

    :param scratch: the folder that an engine works in.
    :param outputs: the names of what it will build. Of two with one name it cannot be said here
        which one has ended.
    """

    def __init__(self, scratch: Path, outputs: Iterable[str]) -> None:
        self.scratch = scratch
        self._told_apart = {name for name, count in Counter(outputs).items() if count == 1}
        self._begun: list[str] = []
        self._running = ExitStack()

    def __enter__(self) -> Tidying:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._running.__exit__(kind, error, traceback)

    def on_event(self, event: Event | Note) -> None:
        """Remove the environments of an output, and of its tests, when the script of the next one
        runs: while that one's are made, it would be in their way. Logs stay."""
        if isinstance(event, Note):
            return
        if event.output not in self._begun:
            self._begun.append(event.output)
        if event.phase == "environments":
            return
        ended = self._told_apart.intersection(self._begun[: self._begun.index(event.output)])
        self._told_apart -= ended
        self.remove(
            path
            for name in ended
            for pattern in _ENVIRONMENTS
            for path in self.scratch.glob(pattern.format(name=glob.escape(name)))
        )

    def remove(self, paths: Iterable[Path]) -> None:
        """Begin to remove `paths`, one after the other."""
        argv = ["rm", "-rf", *map(str, paths)]
        if argv[2:]:
            removing = self._running.enter_context(processes.start(argv))
            self._running.callback(removing.process.wait)
