"""Show the events of a build on the console, and time each output."""

from __future__ import annotations

import time
from collections.abc import Callable

from crosscraft.building.engines.interface import Event, Note
from crosscraft.system.console import Console

__all__ = ["Watch"]

_TITLES = {
    "environments": "installing its build and host environments",
    "configure": "configuring",
    "compile": "building",
    "install": "installing and packing",
    "test": "testing",
}


class Watch:
    """Shows the engine's events, and times each output."""

    def __init__(self, console: Console, verbose: bool, hidden: Callable[[str], str]) -> None:
        """
        :param verbose: whether to show each line of the log.
        :param hidden: hides secrets in a line.
        """
        self.console = console
        self.hidden = hidden
        self.verbose = verbose
        self.seconds: dict[str, float] = {}
        """The build time of each output, in build order."""
        self._phase: dict[str, str] = {}
        self._since = time.monotonic()

    def on_event(self, event: Event | Note) -> None:
        """Show `event`."""
        if isinstance(event, Note):
            self.console.say(f"  {event.title:7}  {event.text}")
            return
        if event.output not in self._phase:
            self.end()
        if self._phase.get(event.output) != event.phase:
            self._phase[event.output] = event.phase
            self.console.step(f"  {event.output}: {_TITLES[event.phase]}")
        if event.total:
            self.console.progress(event.done, event.total)
        if event.line and self.verbose:
            self.console.say(f"    {self.hidden(event.line)}")

    def end(self) -> None:
        """Stop timing the current output."""
        now = time.monotonic()
        if self._phase:
            self.seconds[next(reversed(self._phase))] = now - self._since
        self._since = now
