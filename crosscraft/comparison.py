"""What differs between two packages, and why."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Difference"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in two packages."""

    what: str
    """What it is: a field of the index, a dependency, a file."""
    left: str
    """What the first has; empty if it has nothing."""
    right: str
    """What the second has; empty if it has nothing."""
    why: str
    """Why they differ, in a sentence."""
