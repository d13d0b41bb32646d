"""Where a path inside a package leads, once its links are followed."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["resolve"]

MAX_STEPS = 256
"""Folders and links that are followed. Linux itself follows 40 links."""


def resolve(path: str, links: Mapping[str, str]) -> str | None:
    """Return where `path` leads, relative to the prefix, or None if that is outside it.

    :param path: relative to the prefix; it need not be there.
    :param links: the targets of the package's symbolic links, by path.

    What is too long to follow, or goes in a circle, counts as outside.
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
