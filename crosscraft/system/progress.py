"""The progress of a step, drawn on a terminal, in a pipe or below a notebook cell."""

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
    "KERNEL_VARIABLE", "LESSON_VARIABLE", "CellLine", "Display", "Lines", "StepProgress",
    "TerminalBar", "display_for",
]  # fmt: skip

LESSON_VARIABLE = "CROSSCRAFT_LESSON"
"""The variable that is set for a lesson's commands."""
KERNEL_VARIABLE = "CROSSCRAFT_KERNEL"
"""The variable with the process id of the kernel, if the lesson is open in JupyterLab."""

_EVERY = 3.0
"""Seconds between two progress lines in a pipe."""
_CELL_EVERY = 0.1
"""Seconds between two updates of the line below a cell."""


@dataclass(frozen=True, slots=True)
class StepProgress:
    """The progress of a step."""

    title: str
    """The step."""
    done: float = 0.0
    """The finished amount."""
    total: float | None = None
    """The whole amount, or None if it is not known yet."""
    unit: str = ""
    """The unit of both: ``MB``, ``packages``."""
    note: str = ""
    """What is being done now, if there is nothing to count."""

    @property
    def text(self) -> str:
        """``35 of 100 MB``, or the note, or empty if the total is not known."""
        if self.total is None:
            return self.note
        return f"{self.done:.0f} of {self.total:.0f} {self.unit}".strip()


class Display(Protocol):
    """Draws permanent lines, and a progress line that is replaced."""

    def say(self, text: str) -> None:
        """Print a permanent line."""

    def show(self, now: StepProgress) -> None:
        """Show the progress of the step instead of the previous progress."""

    def end(self) -> None:
        """Remove the progress line."""


def display_for(stream: TextIO, *, steps_alone: bool) -> Display:
    """Return the display for `stream`.

    :param steps_alone: show no progress in a pipe, because it differs between runs.
    """
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        return TerminalBar(stream)
    if not steps_alone and _kernel_reads(stream):
        return CellLine(stream)
    return Lines(stream, steps_alone=steps_alone or LESSON_VARIABLE in os.environ)


def _kernel_reads(stream: TextIO) -> bool:
    """Return whether `stream` is a pipe that the kernel of an open notebook reads."""
    kernel = os.environ.get(KERNEL_VARIABLE, "")
    if not kernel.isdigit():
        return False
    with contextlib.suppress(OSError, ValueError):  # no descriptor, or the kernel has ended
        ours = os.fstat(stream.fileno())
        if not stat.S_ISFIFO(ours.st_mode):
            return False
        for opened in Path("/proc", kernel, "fd").iterdir():
            with contextlib.suppress(OSError):  # closed in the meantime
                if os.path.samestat(opened.stat(), ours):
                    return True
    return False


class Lines:
    """One line per step, and a progress line every few seconds. Each line is flushed."""

    def __init__(self, stream: TextIO, *, steps_alone: bool) -> None:
        self.stream = stream
        self.steps_alone = steps_alone
        self._title: str | None = None
        self._written = 0.0

    def say(self, text: str) -> None:
        print(text, file=self.stream, flush=True)

    def show(self, now: StepProgress) -> None:
        if now.title != self._title:
            self._title, self._written = now.title, time.monotonic()
        if now.text and not self.steps_alone and time.monotonic() - self._written > _EVERY:
            self._written = time.monotonic()
            self.say(f"    {now.text}")

    def end(self) -> None:
        self._title = None


class CellLine:
    """One line per step, and below them a progress line that JupyterLab overwrites.

    The progress line ends with a carriage return, so any other text replaces it. In JupyterLab a
    backspace deletes a character, so the stored notebook keeps nothing of the line.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._line = ""
        self._written = -_CELL_EVERY

    def say(self, text: str) -> None:
        print(self._erased() + text, file=self.stream, flush=True)

    def show(self, now: StepProgress) -> None:
        if not now.text:
            self.end()
        elif time.monotonic() - self._written >= _CELL_EVERY:
            self._draw(f"    {now.text}")

    def end(self) -> None:
        print(self._erased(), end="", file=self.stream, flush=True)

    def _draw(self, line: str) -> None:
        self._written = time.monotonic()
        erased, self._line = self._erased(), line
        print(f"{erased}{line}\r", end="", file=self.stream, flush=True)

    def _erased(self) -> str:
        """Return text that removes the line: the line again, then as many backspaces."""
        line, self._line = self._line, ""
        return line + "\b" * len(line)


class TerminalBar:
    """A live line with a bar, below the permanent lines."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console as Terminal
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress: Progress = Progress(
            TextColumn("  {task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[text]}", markup=False),
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
            self._task = self._progress.add_task(now.title, total=None, text="")
            self._title = now.title
        self._progress.update(self._task, completed=now.done, total=now.total, text=now.text)

    def end(self) -> None:
        self._progress.stop()
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None
