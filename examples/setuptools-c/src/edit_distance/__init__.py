"""How many letters to insert, delete or replace, to turn one word into another."""

from edit_distance._distance import distance as _distance

__all__ = ["distance"]


def distance(a: str, b: str) -> int:
    """Return the number of edits from `a` to `b`, in ASCII words."""
    return _distance(a.encode("ascii"), b.encode("ascii"))
