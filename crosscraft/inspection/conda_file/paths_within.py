"""Resolve a path inside a package through the package's links."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["resolve"]

MAX_STEPS = 256
"""Most folders and links to follow. Linux follows 40 links."""


def resolve(path: str, links: Mapping[str, str]) -> str | None:
    """Return the resolved `path`, relative to the prefix, or None if it is outside the prefix.

    :param path: a path relative to the prefix, which may not exist.
    :param links: the targets of the package's symbolic links, by path.

    A path that is too long, or that loops, counts as outside.
    """
    if path.startswith("/"):
        return None
    left = path.split("/", MAX_STEPS)[::-1]
    reached: list[str] = []
    for _ in range(MAX_STEPS):
        if not left:
            return "/".join(reached)
        part = left.pop()
        if part == "..":
            if not reached:
                return None
            reached.pop()
        elif part not in {"", "."}:
            target = links.get("/".join([*reached, part]))
            if target is None:
                reached.append(part)
            elif target.startswith("/"):
                return None
            else:
                left += target.split("/", MAX_STEPS)[::-1]
    return None
