"""Read rattler-build's output from pixi, which keeps no logs but prints the lines in frames.

     ╭─ Running build for recipe: cpp_math-0.1.0-hb0f4dca_0
     │ ╭─ Running build script
     │ │ + cmake -G Ninja -S . -B build

The lines of each output are kept in a log, without the frames.
"""

from __future__ import annotations

import re
from pathlib import Path

from crosscraft.building.engines.failures import unframed
from crosscraft.building.engines.interface import OnEvent
from crosscraft.building.engines.phases import Phases

__all__ = ["Printed"]

_BEGINS = re.compile(r"Running build for recipe: (\S+)-[^-\s]+-[^-\s]+$")
_PROGRAM_ERROR = re.compile(r"Error:|[ │]*× error\b")
"""The start of pixi's own error outside all frames, or of its backend's in a script's frame."""


class Printed(Phases):
    """Reads the lines that a program prints, and keeps logs in `folder`."""

    def __init__(self, folder: Path, on_event: OnEvent) -> None:
        super().__init__(on_event)
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._ended = False

    def add_line(self, text: str) -> None:
        """Process a printed line."""
        # The program's own error doesn't belong to a build log.
        self._ended = self._ended or bool(_PROGRAM_ERROR.match(text))
        if self._ended:
            return
        line = unframed(text)
        begins = _BEGINS.search(line)
        if begins:
            self.enter(begins[1], "environments")
        elif self.outputs:
            name = next(reversed(self.outputs))
            with self._log(name).open("a", encoding="utf-8") as log:
                log.write(f"{line}\n")
            self.read(name, line)

    def paths(self) -> tuple[tuple[str, Path], ...]:
        """Return the logs, in build order."""
        return tuple((name, self._log(name)) for name in self.outputs if self._log(name).exists())

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"
