"""Output of a command while it works: lines, steps, and the progress of each step.

A terminal shows a live line with a bar. A pipe gets one line per step, and a progress line every
few seconds. A lesson gets the steps alone, so that a notebook's output is the same in every run.
In JupyterLab, a lesson also has a progress line, which disappears when the step ends.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TextIO

from crosscraft.system import progress
from crosscraft.system.progress import LESSON_VARIABLE, StepProgress
from crosscraft.text import safe_lines

__all__ = ["LESSON_VARIABLE", "Console"]


class Console:
    """Steps with a title and progress. Use it as a context manager."""

    def __init__(self, stream: TextIO | None = None, *, steps_alone: bool = False) -> None:
        """:param steps_alone: show progress on a terminal only, as in a lesson."""
        self._display = progress.display_for(stream or sys.stdout, steps_alone=steps_alone)
        self._title = ""

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end_step()

    def say(self, text: str = "") -> None:
        """Print a permanent line."""
        self._display.say(safe_lines(text))

    def step(self, text: str) -> None:
        """Begin a step, and print its title as a permanent line."""
        self.say(text)
        self.quiet_step(text)

    def quiet_step(self, text: str) -> None:
        """Begin a step without a permanent line. Most of these steps are short."""
        self._title = safe_lines(text).strip()
        self._display.show(StepProgress(self._title))

    def progress(self, done: float, total: float, unit: str = "") -> None:
        """Show the progress of the step: `done` of `total`, in `unit`."""
        self._display.show(StepProgress(self._title, done, total, unit))

    def note(self, text: str) -> None:
        """Show what the step does now, where there is nothing to count."""
        self._display.show(StepProgress(self._title, note=safe_lines(text)))

    def end_step(self) -> None:
        """End the step, and remove its progress line."""
        self._display.end()
