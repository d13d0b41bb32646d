"""Classify the errors of engines. All of them run rattler-build, so the texts are the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crosscraft.building.engines.interface import Kind

__all__ = ["classify", "last_error", "unframed"]

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("No space left", "disk"),
    ("os error 28", "disk"),
    ("Test failed", "test"),  # before the others, which such a text contains as the cause
    ("failed to run test", "test"),
    ("Failed to resolve dependencies", "dependencies"),
    ("Cannot solve the request", "dependencies"),
    ("No candidates were found", "dependencies"),
    ("Script failed", "script"),
)
"""The first entry found in the text decides the kind."""

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_FRAME = re.compile(r"^[ │╭╰├┬─▶×]*[│╭╰├▶×─] ?")
_ERROR = re.compile(r"^\s*Error:\s")
_CAUSE = re.compile(r"^(?:Error: {3}× | {2}[├╰]─▶ | {2}│ {3}?| {2}│ ?| {6})(?: *× )?")
"""The prefix of each line of an error and its causes, as miette prints them."""


def classify(text: str) -> Kind:
    """Return the kind of failure that `text` reports."""
    # The engine wraps long lines, also within the phrases.
    joined = " ".join(unframed(line).strip() for line in text.splitlines())
    return next((kind for phrase, kind in _KINDS if phrase in joined), "other")


def last_error(lines: Sequence[str]) -> str:
    """Return a program's last error message, or its last lines if it printed no error."""
    plain = [_COLOUR.sub("", line) for line in lines]
    starts = [i for i, line in enumerate(plain) if _ERROR.match(unframed(line))]
    error = plain[starts[-1] :] if starts else [unframed(line) for line in plain[-8:]]
    unprefixed = [_CAUSE.sub("", line).rstrip() for line in error]
    return "\n".join(line for line in unprefixed if line.strip())


def unframed(line: str) -> str:
    """Return a printed line without colours and without the frame around it."""
    return _FRAME.sub("", _COLOUR.sub("", line)).rstrip()
