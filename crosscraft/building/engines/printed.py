"""What rattler-build prints where its logs cannot be had: pixi's backend prints it in frames.

     ╭─ Running build for recipe: cpp_math-0.1.0-hb0f4dca_0
     │ ╭─ Running build script
     │ │ + cmake -G Ninja -S . -B build

Each output's lines, without the frames, are kept as a log.
"""

from __future__ import annotations

import re
from pathlib import Path

from crosscraft.building.engines.failures import unframed
from crosscraft.building.engines.interface import OnEvent
from crosscraft.building.engines.phases import Phases

__all__ = ["Printed"]

_BEGINS = re.compile(r"Running build for recipe: (\S+)-[^-\s]+-[^-\s]+$")
_LAST_WORDS = re.compile(r"Error:|[ │]*× error\b")
"""How pixi begins outside of all frames, and its backend within the frame of a failed script."""


class Printed(Phases):
    """Reads what a program prints, and keeps logs in `folder`."""

    def __init__(self, folder: Path, on_event: OnEvent) -> None:
        super().__init__(on_event)
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._ended = False

    def said(self, text: str) -> None:
        """Take in a line."""
        # The program's own last words are no part of a log.
        self._ended = self._ended or bool(_LAST_WORDS.match(text))
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
        """The logs that were kept, in order."""
        return tuple((name, self._log(name)) for name in self.outputs if self._log(name).exists())

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"
