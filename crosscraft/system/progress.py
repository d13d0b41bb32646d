"""How far a step is, and its drawing for a terminal or a pipe.

:mod:`crosscraft.system.relay` takes the same facts to a notebook, where a widget draws them.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Display", "HowFar", "Lines", "TerminalBar", "on"]

_EVERY = 3.0
"""Seconds between two lines of how far it is, in a pipe."""


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far a step is."""

    title: str
    """What is being done."""
    done: float = 0.0
    """How much of it is."""
    total: float | None = None
    """How much there is to do; None as long as nobody knows."""
    unit: str = ""
    """What is counted: ``MB``, ``packages``."""

    @property
    def words(self) -> str:
        """``35 of 100 MB``, or nothing."""
        return (
            "" if self.total is None else f"{self.done:.0f} of {self.total:.0f} {self.unit}".strip()
        )


class Display(Protocol):
    """Draws lines that stay and how far it is, which does not."""

    def say(self, text: str) -> None:
        """Print a line that stays."""

    def show(self, now: HowFar) -> None:
        """Show how far the step is, in place of what was shown before."""

    def end(self) -> None:
        """Leave nothing but the lines."""


def on(stream: TextIO, *, steps_alone: bool) -> Display:
    """Return what draws on `stream`.

    :param steps_alone: show no figures in a pipe, since they differ from run to run.
    """
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        return TerminalBar(stream)
    return Lines(stream, steps_alone=steps_alone)


class Lines:
    """One line a step, flushed as it happens, and one now and then with how far it is."""

    def __init__(self, stream: TextIO, *, steps_alone: bool) -> None:
        self.stream = stream
        self.steps_alone = steps_alone
        self._title: str | None = None
        self._said = 0.0

    def say(self, text: str) -> None:
        print(text, file=self.stream, flush=True)

    def show(self, now: HowFar) -> None:
        if now.title != self._title:
            self._title, self._said = now.title, time.monotonic()
        if now.words and not self.steps_alone and time.monotonic() - self._said > _EVERY:
            self._said = time.monotonic()
            self.say(f"    {now.words}")

    def end(self) -> None:
        self._title = None


class TerminalBar:
    """A live line with a bar, below the lines."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console as Terminal
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress: Progress = Progress(
            TextColumn("  {task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[words]}", markup=False),
            TimeElapsedColumn(),
            console=Terminal(file=stream),
            transient=True,
        )
        self._task: TaskID | None = None
        self._title: str | None = None

    def say(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def show(self, now: HowFar) -> None:
        self._progress.start()
        if self._task is None or now.title != self._title:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._task = self._progress.add_task(now.title, total=None, words="")
            self._title = now.title
        self._progress.update(self._task, completed=now.done, total=now.total, words=now.words)

    def end(self) -> None:
        self._progress.stop()
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None
