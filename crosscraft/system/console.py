"""What a command says while it works: lines that stay, steps, and how far each is.

Facts go to whoever draws them. On a terminal that is a live line with a bar. In a pipe: one
line a step, and one now and then with how far it is. In a lesson: the steps alone, which are
the same in every run, so that a notebook's output can be compared; if JupyterLab runs it, the
rest goes to a bar below the cell (`relay`).
"""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import TextIO

from crosscraft.system import progress
from crosscraft.system.progress import HowFar
from crosscraft.text import shown

__all__ = ["LESSON_VARIABLE", "Console"]

LESSON_VARIABLE = "CROSSCRAFT_LESSON"
"""Set in the environment of a lesson's commands."""


class Console:
    """Steps with a title and, within each, how far it is. Use it as a context manager."""

    def __init__(self, stream: TextIO | None = None, *, steps_alone: bool = False) -> None:
        """:param steps_alone: show no figures but on a terminal, as in a lesson."""
        from crosscraft.system import relay  # most short commands have nothing to tell

        self._display = progress.on(
            stream or sys.stdout, steps_alone=steps_alone or LESSON_VARIABLE in os.environ
        )
        self._relay = relay.sender()
        self._title = ""

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.rest()

    def say(self, text: str = "") -> None:
        """Print a line that stays."""
        self._display.say(shown(text))

    def step(self, text: str) -> None:
        """Begin a step. Its title stays."""
        self.say(text)
        self.doing(text)

    def doing(self, text: str) -> None:
        """Begin a step that leaves no line behind: short as a rule, but not always."""
        self._title = shown(text).strip()
        self._show(HowFar(self._title))

    def within(self, done: float, total: float, unit: str = "") -> None:
        """Say how far the step is: `done` of `total`, in `unit`."""
        self._show(HowFar(self._title, done, total, unit))

    def rest(self) -> None:
        """Nothing is under way: what comes next is read, or is somebody else's to show."""
        self._display.end()
        self._relay.end()

    def _show(self, now: HowFar) -> None:
        self._display.show(now)
        self._relay.show(now)
