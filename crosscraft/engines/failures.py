"""What an engine's words mean, whoever of them said so: all are rattler-build within."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crosscraft.engines.interface import Kind

__all__ = ["classify", "last_error", "unframed"]

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("No space left", "disk"),
    ("os error 28", "disk"),
    ("Failed to resolve dependencies", "dependencies"),
    ("Cannot solve the request", "dependencies"),
    ("No candidates were found", "dependencies"),
    ("Script failed", "script"),
    ("Test failed", "test"),
    ("failed to run test", "test"),
)
"""The first that is in the text tells the kind."""

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_FRAME = re.compile(r"^[ │╭╰├┬─▶×]*[│╭╰├▶×─] ?")
_ERROR = re.compile(r"^\s*Error:\s")


def classify(text: str) -> Kind:
    """Return the kind of failure that `text` speaks of."""
    # What is printed is broken into lines anywhere.
    said = " ".join(unframed(line).strip() for line in text.splitlines())
    return next((kind for mark, kind in _KINDS if mark in said), "other")


def last_error(lines: Sequence[str]) -> str:
    """Return the error that a program ended with, as one line; all it said if it named none."""
    starts = [i for i, line in enumerate(lines) if _ERROR.match(unframed(line))]
    told = lines[starts[-1] :] if starts else lines[-8:]
    said = " ".join(" ".join(unframed(line).split()) for line in told)
    return " ".join(re.sub(r"^Error:\s*×?", "", said).split())


def unframed(line: str) -> str:
    """Return a line that was printed without its colours and the frame around it."""
    return _FRAME.sub("", _COLOUR.sub("", line)).rstrip()
