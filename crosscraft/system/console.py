"""What a command says while it works: lines that stay, steps, and how far each is.

A terminal shows a live line with a bar. A pipe gets one line a step, and one now and then with
how far it is. A lesson gets the steps alone, which are the same in every run, so that a
notebook's output can be compared. If JupyterLab runs the lesson, a line below them says how far
the step is, and disappears with it.
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
    """Steps with a title and, within each, how far it is. Use it as a context manager."""

    def __init__(self, stream: TextIO | None = None, *, steps_alone: bool = False) -> None:
        """:param steps_alone: show no figures but on a terminal, as in a lesson."""
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
        """Print a line that stays."""
        self._display.say(safe_lines(text))

    def step(self, text: str) -> None:
        """Begin a step. Its title stays."""
        self.say(text)
        self.quiet_step(text)

    def quiet_step(self, text: str) -> None:
        """Begin a step that leaves no line behind: short as a rule, but not always."""
        self._title = safe_lines(text).strip()
        self._display.show(StepProgress(self._title))

    def progress(self, done: float, total: float, unit: str = "") -> None:
        """Say how far the step is: `done` of `total`, in `unit`."""
        self._display.show(StepProgress(self._title, done, total, unit))

    def end_step(self) -> None:
        """Nothing is under way: what comes next is read, or is somebody else's to show."""
        self._display.end()
