"""What a command says while it works, drawn for whoever reads it.

On a terminal: a live line with a bar. In a pipe: one line a step, flushed as it happens, and
a line now and then with how far it is. In a lesson: the steps alone, which are the same in
every run, so that a notebook's output can be compared.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["LESSON_VARIABLE", "Console", "megabytes", "printable", "table"]

LESSON_VARIABLE = "CROSSCRAFT_LESSON"
"""Set in the environment of a lesson's commands."""

_EVERY = 3.0
"""Seconds between two lines of how far it is, in a pipe."""


class Console:
    """Steps with a title and, within each, how far it is. Use it as a context manager."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.live = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.quiet_within = LESSON_VARIABLE in os.environ
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._said = time.monotonic()

    def __enter__(self) -> Console:
        if self.live:
            from rich.console import Console as Terminal
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._progress = Progress(
                TextColumn("  {task.description}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[left]}", markup=False),
                TimeElapsedColumn(),
                console=Terminal(file=self.stream),
                transient=True,
            )
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress:
            self._progress.stop()

    def say(self, text: str = "") -> None:
        """Print a line that stays."""
        if self._progress:
            self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            print(text, file=self.stream, flush=True)

    def step(self, text: str) -> None:
        """Begin a step. Its title stays."""
        self.say(text)
        self._said = time.monotonic()
        if self._progress:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._task = self._progress.add_task(text.strip(), total=None, left="")

    def within(self, done: float, total: float, unit: str = "") -> None:
        """Say how far the step is: `done` of `total`, in `unit`."""
        left = f"{done:.0f} of {total:.0f} {unit}".rstrip()
        if self._progress and self._task is not None:
            self._progress.update(self._task, completed=done, total=total, left=left)
        elif not self.quiet_within and time.monotonic() - self._said > _EVERY:
            self._said = time.monotonic()
            print(f"    {left}", file=self.stream, flush=True)


def printable(text: str, keep: str = "") -> str:
    """Write what a terminal would obey, and what cannot be seen, as escapes: ``\\x1b``.

    Names in a package are anyone's, and one could clear the screen or turn the reading order.

    :param keep: characters to leave as they are, such as a newline.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in keep else _escape(one) for one in text)


def _escape(one: str) -> str:
    """``unicode_escape`` as a codec refuses half a pair, which file names of old may hold."""
    return ascii(one)[1:-1]


def megabytes(size: int) -> str:
    """Write a size in bytes for people: ``97 kB``, ``3.3 MB`` (powers of ten)."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3))} kB"


def table(rows: Iterable[Sequence[str]], head: Sequence[str], right: Sequence[int] = ()) -> str:
    """Lay out rows in columns two spaces apart, under a head.

    :param right: the columns, counted from 0, that are set flush right. They are at least
        eight wide, so that a table of sizes is as wide on every machine.
    """
    cells = [list(head), *(list(row) for row in rows)]
    widths = [
        max(8 if i in right else 0, *(len(row[i]) for row in cells)) for i in range(len(head))
    ]
    lines = (
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
    return "\n".join(lines)
