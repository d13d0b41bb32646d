"""One display for what goes on for several platforms at once.

On a terminal: a line for each platform, with its phase and a bar. In a pipe: a line a phase, as
it happens. In a lesson: the same lines, one platform after the other, so that a notebook's
output can be compared; those of the first appear as they happen.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from crosscraft.system import relay
from crosscraft.system.console import LESSON_VARIABLE, Console
from crosscraft.system.progress import HowFar
from crosscraft.text import shown

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Board", "Row"]

_EVERY = 3.0
"""Seconds between two lines of how far a platform is, in a pipe."""


class Row(Console):
    """The part of a :class:`Board` that is one platform's: what a build for it takes for the
    console. A build's closing words are left out: the board's owner has its own for all.

    :param verbose: whether to show what is said between the steps: the log.
    """

    def __init__(self, board: Board, name: str, verbose: bool) -> None:
        super().__init__(io.StringIO())
        self.board = board
        self.name = name
        self.verbose = verbose
        self._last = time.monotonic()

    def say(self, text: str = "") -> None:
        """Show a line of the log, if it is wanted."""
        if self.verbose and text.strip():
            self.board.say(self.name, f"  {text.strip()}")

    def step(self, text: str) -> None:
        """Begin a step."""
        self._last = time.monotonic()
        self.board.step(self.name, text.strip())

    def doing(self, text: str) -> None:
        """Begin a step that leaves no line behind."""
        self.board.draw(self.name, description=shown(text).strip(), left="")

    def rest(self) -> None:
        """Nothing is under way; whether all is over the board's owner knows."""

    def within(self, done: float, total: float, unit: str = "") -> None:
        """Say how far the step is."""
        left = f"{done:.0f} of {total:.0f} {unit}".rstrip()
        self.board.draw(self.name, left=left, completed=done, total=total)
        if self.board.tells_how_far and time.monotonic() - self._last > _EVERY:
            self._last = time.monotonic()
            self.board.say(self.name, f"  {left}")


class Board:
    """Rows for platforms, drawn in one place. Use it as a context manager.

    :param names: the platforms, in the order in which they are shown.
    :param stream: where it is drawn; stdout by default.
    """

    def __init__(self, names: Sequence[str], stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._in_turn = LESSON_VARIABLE in os.environ
        self._live = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self.tells_how_far = not self._live and not self._in_turn
        self._relay = relay.sender()
        self._names = tuple(names)
        self._width = max(map(len, names))
        self._lock = threading.RLock()
        # In a lesson: what is still to be said of each platform, the first being said already.
        self._waiting: dict[str, list[str]] = {name: [] for name in names}
        self._over: set[str] = set()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Board:
        self._relay.show(HowFar("building", 0, len(self._names), "platforms"))
        if self._live:
            from rich.console import Console as Terminal
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._progress = Progress(
                TextColumn("  {task.fields[platform]}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.description}", markup=False),
                TextColumn("{task.fields[left]}", markup=False),
                TimeElapsedColumn(),
                console=Terminal(file=self._stream),
                transient=True,
            )
            for name in self._waiting:
                self._tasks[name] = self._progress.add_task(
                    "waiting", total=None, start=False, platform=name, left=""
                )
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._relay.end()
        if self._progress:
            self._progress.stop()

    def row(self, name: str, verbose: bool = False) -> Row:
        """Begin the work for a platform, and return where it tells how it goes."""
        if self._progress:
            self._progress.start_task(self._tasks[name])
        return Row(self, name, verbose)

    def end(self, name: str, how: str) -> None:
        """End the work for a platform: `how` it went, in a word or two."""
        with self._lock:
            self.say(name, how)
            self.draw(name, description=how, left="", completed=1, total=1)
            if self._progress:
                self._progress.stop_task(self._tasks[name])
            self._over.add(name)
            self._relay.show(HowFar("building", len(self._over), len(self._names), "platforms"))
            # It may be the next one's turn; and that one may be over as well by now.
            while (first := self._first()) in self._over:
                del self._waiting[first]
                for text in self._waiting.get(self._first(), ()):
                    self._print(self._first(), text)

    def step(self, name: str, text: str) -> None:
        """Say that a step of a platform begins: in its bar, or in a line."""
        if self._progress:
            self.draw(name, description=text, left="")
        else:
            self.say(name, text)

    def say(self, name: str, text: str) -> None:
        """Print a line about a platform; in a lesson when it is that platform's turn."""
        with self._lock:
            if self._in_turn and name != self._first():
                self._waiting[name].append(text)
            else:
                self._print(name, text)

    def draw(self, name: str, **state: Any) -> None:
        """Draw how far a platform is, where there are bars."""
        if self._progress:
            self._progress.update(self._tasks[name], **state)

    def _first(self) -> str:
        """The platform whose turn it is to be told of."""
        return next(iter(self._waiting), "")

    def _print(self, name: str, text: str) -> None:
        line = shown(f"  {name.ljust(self._width)}  {text}")
        if self._progress:
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            print(line, file=self._stream, flush=True)
