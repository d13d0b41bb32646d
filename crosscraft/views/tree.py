"""A tree of folders that open and close, with one line for each visible path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Line", "Tree"]

_SMALL = 60
"""The maximum number of files of a tree that starts with all folders open."""

_PATH_MAX = 4096
"""The maximum length of a path, in characters. Linux cannot open longer paths."""


@dataclass(frozen=True, slots=True)
class Line:
    """A visible folder or file."""

    path: str
    """The path from the root. A folder's path ends in a slash."""
    depth: int
    """The number of folders above it."""
    opened: bool = False
    """Whether it is an open folder."""

    @property
    def folder(self) -> bool:
        """Whether it is a folder."""
        return self.path.endswith("/")

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rstrip("/").rpartition("/")[2] or self.path


class Tree:
    """Files in a tree of folders, some of them open."""

    def __init__(self, paths: Iterable[str]) -> None:
        """:param paths: the relative paths of the files. The folders are derived from them."""
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
        """Close `folder`, or open it with the chain of folders that are alone in their parent."""
        if folder in self.open:
            self.open.remove(folder)
            return
        while folder:
            self.open.add(folder)
            inside = self.children(folder)
            folder = inside[0] if len(inside) == 1 and inside[0].endswith("/") else ""

    def children(self, folder: str) -> tuple[str, ...]:
        """Return the paths directly in a folder, folders first."""
        inside = self._children.get(folder, ())
        return tuple(sorted(inside, key=lambda path: not path.endswith("/")))

    def lines(self) -> Iterator[Line]:
        """Yield the visible lines from the top."""
        pending = [Line(path, 0) for path in reversed(self.children(""))]
        while pending:
            line = pending.pop()
            if line.path not in self.open:
                yield line
                continue
            yield Line(line.path, line.depth, opened=True)
            inside = reversed(self.children(line.path))
            pending += [Line(path, line.depth + 1) for path in inside]

    def matching(self, text: str) -> Iterator[Line]:
        """Yield the files with `text` in their path, in any case, without folders."""
        wanted = text.casefold()
        return (Line(path, 0) for path in self.paths if wanted in path.casefold())

    def _add(self, path: str) -> None:
        # Climb until a folder is known, so that a long path only costs its new folders.
        while True:
            above = path.rstrip("/").rpartition("/")[0]
            folder = f"{above}/" if above else ""
            known = folder in self._children
            self._children.setdefault(folder, []).append(path)
            if known:
                return
            path = folder
