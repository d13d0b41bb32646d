"""Paths as a tree of folders that open and close, one line for each that is in sight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Line", "Tree"]

_SMALL = 60
"""Files of a tree that begins with all its folders open."""

_PATH_MAX = 4096
"""Characters of a path that is taken apart; Linux opens no longer one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A folder or a file in sight."""

    path: str
    """From the root; that of a folder ends in a slash."""
    depth: int
    """How many folders it is in."""
    opened: bool = False
    """Whether it is a folder, and open."""

    @property
    def folder(self) -> bool:
        """Whether it is a folder."""
        return self.path.endswith("/")

    @property
    def name(self) -> str:
        """Its name alone."""
        return self.path.rstrip("/").rpartition("/")[2] or self.path


class Tree:
    """Files in folders, some of which are open."""

    def __init__(self, paths: Iterable[str]) -> None:
        """:param paths: the files, relative; folders are made of what is in front of slashes."""
        self.paths = tuple(sorted(paths))
        self._children: dict[str, list[str]] = {"": []}
        for path in self.paths:
            if len(path) > _PATH_MAX:
                self._children[""].append(path)
            else:
                self._add(path)
        self.open: set[str] = set()
        if len(self.paths) <= _SMALL:
            self.open = {folder for folder in self._children if folder}

    def toggle(self, folder: str) -> None:
        """Open `folder`, and what is alone in it, or close it."""
        if folder in self.open:
            self.open.remove(folder)
            return
        while folder:
            self.open.add(folder)
            inside = self.children(folder)
            folder = inside[0] if len(inside) == 1 and inside[0].endswith("/") else ""

    def children(self, folder: str) -> tuple[str, ...]:
        """What is directly in a folder, folders first."""
        inside = self._children.get(folder, ())
        return tuple(sorted(inside, key=lambda path: not path.endswith("/")))

    def lines(self) -> Iterator[Line]:
        """Yield what is in sight, from the top."""
        left = [Line(path, 0) for path in reversed(self.children(""))]
        while left:
            line = left.pop()
            if line.path not in self.open:
                yield line
                continue
            yield Line(line.path, line.depth, opened=True)
            inside = reversed(self.children(line.path))
            left += [Line(path, line.depth + 1) for path in inside]

    def matching(self, text: str) -> Iterator[Line]:
        """Yield the files that have `text` in their path, in any case, without folders."""
        wanted = text.casefold()
        return (Line(path, 0) for path in self.paths if wanted in path.casefold())

    def _add(self, path: str) -> None:
        # Upwards until a folder is known: a long path costs no more than its new folders.
        while True:
            above = path.rstrip("/").rpartition("/")[0]
            folder = f"{above}/" if above else ""
            known = folder in self._children
            self._children.setdefault(folder, []).append(path)
            if known:
                return
            path = folder
