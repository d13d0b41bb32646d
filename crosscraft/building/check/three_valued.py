"""Logic with a third value: None, for a condition that depends on something unknown."""

from __future__ import annotations

__all__ = ["both", "either", "negated"]


def negated(value: bool | None) -> bool | None:
    """Return whether `value` is false."""
    return None if value is None else not value


def both(one: bool | None, other: bool | None) -> bool | None:
    """Return whether both are true. One that is false decides it."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def either(one: bool | None, other: bool | None) -> bool | None:
    """Return whether one of them is true. One that is true decides it."""
    return negated(both(negated(one), negated(other)))
