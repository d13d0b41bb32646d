"""How far a step is, and its drawing for a terminal, a pipe or the cell of a notebook."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = [
    "KERNEL_VARIABLE",
    "LESSON_VARIABLE",
    "CellLine",
    "Display",
    "Lines",
    "StepProgress",
    "TerminalBar",
    "display_for",
]

LESSON_VARIABLE = "CROSSCRAFT_LESSON"
"""Set in the environment of a lesson's commands."""
KERNEL_VARIABLE = "CROSSCRAFT_KERNEL"
"""The process id of the kernel, in the environment of a lesson that is open in a page."""

_EVERY = 3.0
"""Seconds between two lines of how far it is, in a pipe."""
_CELL_EVERY = 0.1
"""Seconds between two updates below a cell."""


@dataclass(frozen=True, slots=True)
class StepProgress:
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

    def show(self, now: StepProgress) -> None:
        """Show how far the step is, in place of what was shown before."""

    def end(self) -> None:
        """Leave nothing but the lines."""


def display_for(stream: TextIO, *, steps_alone: bool) -> Display:
    """Return what draws on `stream`.

    :param steps_alone: show no figures in a pipe, since they differ from run to run.
    """
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        return TerminalBar(stream)
    if not steps_alone and _kernel_reads(stream):
        return CellLine(stream)
    return Lines(stream, steps_alone=steps_alone or LESSON_VARIABLE in os.environ)


def _kernel_reads(stream: TextIO) -> bool:
    """Whether `stream` is a pipe to the kernel of a page: no file, and no other command."""
    kernel = os.environ.get(KERNEL_VARIABLE, "")
    if not kernel.isdigit():
        return False
    with contextlib.suppress(OSError, ValueError):  # no descriptor, or the kernel is gone
        ours = os.fstat(stream.fileno())
        if not stat.S_ISFIFO(ours.st_mode):
            return False
        for one in Path("/proc", kernel, "fd").iterdir():
            with contextlib.suppress(OSError):  # closed meanwhile
                if os.path.samestat(one.stat(), ours):
                    return True
    return False


class Lines:
    """One line a step, flushed as it happens, and one now and then with how far it is."""

    def __init__(self, stream: TextIO, *, steps_alone: bool) -> None:
        self.stream = stream
        self.steps_alone = steps_alone
        self._title: str | None = None
        self._said = 0.0

    def say(self, text: str) -> None:
        print(text, file=self.stream, flush=True)

    def show(self, now: StepProgress) -> None:
        if now.title != self._title:
            self._title, self._said = now.title, time.monotonic()
        if now.words and not self.steps_alone and time.monotonic() - self._said > _EVERY:
            self._said = time.monotonic()
            self.say(f"    {now.words}")

    def end(self) -> None:
        self._title = None


class CellLine:
    """One line a step, and a line below them that is overwritten, as JupyterLab draws it.

    The carriage return after it lets any other text replace it. Backspaces remove characters
    there, so that nothing of the line is left in the notebook.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._line = ""
        self._written = -_CELL_EVERY

    def say(self, text: str) -> None:
        print(self._erased() + text, file=self.stream, flush=True)

    def show(self, now: StepProgress) -> None:
        if not now.words:
            self.end()
        elif time.monotonic() - self._written >= _CELL_EVERY:
            self._draw(f"    {now.words}")

    def end(self) -> None:
        print(self._erased(), end="", file=self.stream, flush=True)

    def _draw(self, line: str) -> None:
        self._written = time.monotonic()
        erased, self._line = self._erased(), line
        print(f"{erased}{line}\r", end="", file=self.stream, flush=True)

    def _erased(self) -> str:
        """What removes the line: the same again, and a backspace for each character."""
        line, self._line = self._line, ""
        return line + "\b" * len(line)


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

    def show(self, now: StepProgress) -> None:
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
