"""What each output of a build is at, as its log tells it."""

from __future__ import annotations

import re

from crosscraft.building.engines.interface import Event, OnEvent

__all__ = ["Phases"]

_TOLD_BY = (
    (re.compile(r"^\[(\d+)/(\d+)\] "), "compile"),
    (re.compile(r"^-- Install"), "install"),
    (re.compile(r"^(\+ cmake |-- )"), "configure"),
    # A script that does without CMake. To set a variable tells nothing yet.
    (re.compile(r"^\+ (?!export |\w+=)"), "compile"),
)
"""What a line of a build log tells, the first that fits; other lines tell nothing new."""

_ORDER = ("environments", "configure", "compile", "install", "test")


class Phases:
    """Reads lines of logs, and tells the phases they show."""

    def __init__(self, on_event: OnEvent) -> None:
        self.on_event = on_event
        self.outputs: dict[str, str] = {}
        """Each output that was begun, and its phase."""

    def read(self, name: str, line: str) -> None:
        """Take in a line of the log of `name`, an output that was entered."""
        for pattern, phase in _TOLD_BY:
            match = pattern.match(line)
            if match:
                done, total = (int(n) for n in match.groups()) if match.lastindex == 2 else (0, 0)
                self.enter(name, phase, done, total, line)
                return
        self.on_event(Event(name, self.outputs[name], line=line))

    def enter(self, name: str, phase: str, done: int = 0, total: int = 0, line: str = "") -> None:
        """A phase is only ever entered forwards: logs of later phases look like earlier ones."""
        now = self.outputs.get(name)
        if now is None or _ORDER.index(phase) > _ORDER.index(now):
            self.outputs[name] = phase
        if line or now != self.outputs[name]:
            self.on_event(Event(name, self.outputs[name], done, total, line))
