"""Find the traps in the log of a build, by the messages of the tools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crosscraft.building.check import catalogue
from crosscraft.building.check.model import Symptom, Trap

__all__ = ["LARGEST", "Found", "find"]

LARGEST = 100_000_000
"""Bytes of a log. The logs of CI services are smaller."""

_CONTROL = re.compile(
    r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|\x1b[@-Z]"
)
"""Colours, movements of the cursor, and titles of terminals: ECMA-48, 5.4 and 5.6."""

_TIME = r"(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_PREFIX = re.compile(
    r"[ \t]*(?:"
    rf"{_TIME}(?=[ \t]|\Z)|\[{_TIME}\]"  # GitHub, Azure, Jenkins, Travis
    r"|\d{2}[OE](?:[ +]|\Z)"  # GitLab: 00O, 01E
    r"|section_(?:start|end):\d+:[\w.-]+(?:\[[^\]]{0,100}\])?"  # GitLab
    r"|##\[\w+\]|::(?:error|warning|debug|notice)[^:]{0,200}::"  # Azure, GitHub
    r"|[^\t]{1,100}\t[^\t]{1,100}\t(?=\ufeff?\d{4}-)"  # gh run view --log
    r"|\#\d+ (?:\d+\.\d+ )?|=> (?:=> )?\# "  # BuildKit
    r"|[\w.-]{1,60} +\| |\[[\w .:()/@-]{1,40}\](?= [^\[])"  # Docker Compose, Drone, [job 2]
    r"|\([\w-]+ [\w .-]{1,40}\)"  # (pixi task)
    r"|std(?:out|err) [FP] "  # Kubernetes
    r"|npm (?:ERR!|error|warn)|warning: [\w.-]+@[\w.+-]+: "  # npm, Cargo's build scripts
    r"|[│┃║╭╰×|>]+(?:─+[>▶]?)?"  # the boxes of rattler-build, pixi and pip
    r"|\ufeff)[ \t]?"
)
_AROUND = (2, 8)
"""Lines before and after the one with the symptom's words that may belong to the message."""
_WIDEST = 2_000
"""Characters of a line, around the words, that are looked at."""
_MOST = 200
"""Places with the words of one symptom that are looked at."""
_PREFIXES = 5
"""Prefixes of one line: a time, a job, a box, …"""


@dataclass(frozen=True, slots=True)
class Found:
    """A message of a trap in a log."""

    trap: Trap
    """The trap."""
    symptom: Symptom
    """The message."""
    line: int
    """Of the log, from 1."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The fields of the trap's sentence, from the groups of the pattern."""


def find(log: str) -> tuple[Found, ...]:
    """Return the first message of each trap in a log, by line."""
    plain = _plain(log)
    found = {}
    for trap in catalogue.traps():
        places = (each for symptom in trap.symptoms for each in _places(plain, trap, symptom))
        first = min(places, key=lambda each: each.line, default=None)
        if first:
            found[trap.name] = first
    return tuple(sorted(found.values(), key=lambda each: each.line))


def _plain(log: str) -> str:
    """Return a log as it would stand on paper. Its lines stay lines."""
    if "\x1b" in log:
        log = _CONTROL.sub("", log)
    if "\r" in log:
        # A progress bar writes over its own line.
        log = log.replace("\r\n", "\n").replace("\r", " ")
    return log


def _places(log: str, trap: Trap, symptom: Symptom) -> Iterator[Found]:
    """Yield the first place with the message of a symptom."""
    at = log.find(symptom.contains)
    for _ in range(_MOST):
        if at < 0:
            return
        match = re.search(symptom.pattern, _message(log, at))
        if match:
            named = {name: value for name, value in match.groupdict().items() if value}
            yield Found(trap, symptom, log.count("\n", 0, at) + 1, named)
            return
        at = log.find(symptom.contains, at + 1)


def _message(log: str, at: int) -> str:
    """Return the lines around an offset, without prefixes, joined by single blanks."""
    start, end = max(0, at - _WIDEST), at + _WIDEST
    before = log[start:at].split("\n")[-_AROUND[0] - 1 :]
    after = log[at:end].split("\n")[: _AROUND[1] + 1]
    lines = [*before[:-1], before[-1] + after[0], *after[1:]]
    return " ".join(" ".join(_unprefixed(line) for line in lines).split())


def _unprefixed(line: str) -> str:
    """Return a line without what a CI service or an engine prints before it."""
    for _ in range(_PREFIXES):
        found = _PREFIX.match(line)
        if not found:
            break
        line = line[found.end() :]
    return line
