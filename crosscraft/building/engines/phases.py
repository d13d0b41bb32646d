"""Derive the phase of each output of a build from its log."""

from __future__ import annotations

import re

from crosscraft.building.engines.interface import Event, OnEvent

__all__ = ["Phases"]

_PATTERNS = (
    (re.compile(r"^\[(\d+)/(\d+)\] "), "compile"),
    (re.compile(r"^-- Install"), "install"),
    (re.compile(r"^(\+ cmake |-- )"), "configure"),
    # A script without CMake. Assignments of variables come before the real work.
    (re.compile(r"^\+ (?!export |\w+=)"), "compile"),
)
"""Patterns of log lines and their phases. The first match counts. Other lines change nothing."""

_ORDER = ("environments", "configure", "compile", "install", "test")


class Phases:
    """Reads log lines, and reports the phases."""

    def __init__(self, on_event: OnEvent) -> None:
        self.on_event = on_event
        self.outputs: dict[str, str] = {}
        """The phase of each output that was started."""

    def read(self, name: str, line: str) -> None:
        """Process a line of the log of the output `name`, which has entered a phase before."""
        for pattern, phase in _PATTERNS:
            match = pattern.match(line)
            if match:
                done, total = (int(n) for n in match.groups()) if match.lastindex == 2 else (0, 0)
                self.enter(name, phase, done, total, line)
                return
        self.on_event(Event(name, self.outputs[name], line=line))

    def enter(self, name: str, phase: str, done: int = 0, total: int = 0, line: str = "") -> None:
        """Enter a later phase, never an earlier one: later logs also match earlier patterns."""
        now = self.outputs.get(name)
        if now is None or _ORDER.index(phase) > _ORDER.index(now):
            self.outputs[name] = phase
        if line or now != self.outputs[name]:
            self.on_event(Event(name, self.outputs[name], done, total, line))
