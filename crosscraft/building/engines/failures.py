"""What an engine's words mean, whoever of them said so: all are rattler-build within."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crosscraft.building.engines.interface import Kind

__all__ = ["classify", "last_error", "unframed"]

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("No space left", "disk"),
    ("os error 28", "disk"),
    ("Failed to resolve dependencies", "dependencies"),
    ("Cannot solve the request", "dependencies"),
    ("No candidates were found", "dependencies"),
    ("Test failed", "test"),  # its cause is a script that failed
    ("failed to run test", "test"),
    ("Script failed", "script"),
)
"""The first that is in the text tells the kind."""

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_FRAME = re.compile(r"^[ │╭╰├┬─▶×]*[│╭╰├▶×─] ?")
_ERROR = re.compile(r"^\s*Error:\s")
_CAUSE = re.compile(r"^(?:Error: {3}× | {2}[├╰]─▶ | {2}│ {3}?| {2}│ ?| {6})(?: *× )?")
"""What stands before a line of an error and of its causes, as miette prints them."""


def classify(text: str) -> Kind:
    """Return the kind of failure that `text` speaks of."""
    # What is printed is broken into lines anywhere.
    said = " ".join(unframed(line).strip() for line in text.splitlines())
    return next((kind for mark, kind in _KINDS if mark in said), "other")


def last_error(lines: Sequence[str]) -> str:
    """Return the error that a program ended with, line by line; its last lines if it named none."""
    plain = [_COLOUR.sub("", line) for line in lines]
    starts = [i for i, line in enumerate(plain) if _ERROR.match(unframed(line))]
    told = plain[starts[-1] :] if starts else [unframed(line) for line in plain[-8:]]
    said = [_CAUSE.sub("", line).rstrip() for line in told]
    return "\n".join(line for line in said if line.strip())


def unframed(line: str) -> str:
    """Return a line that was printed without its colours and the frame around it."""
    return _FRAME.sub("", _COLOUR.sub("", line)).rstrip()
