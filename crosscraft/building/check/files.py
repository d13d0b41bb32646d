"""The files of a stranger's project, read once for all platforms."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

from crosscraft.building.check import texts
from crosscraft.building.check.texts import Text, Unreadable

__all__ = ["FILES", "Files", "is_file_of_a_project"]

FILES = (
    "CMakeLists.txt", "*.cmake", "recipe.yaml", "recipe.yml", "meta.yaml", "variants.yaml",
    "conda_build_config.yaml", "conda-forge.yml", "*.sh", "pixi.toml", "pyproject.toml",
    "meson.build", "setup.py",
    "setup.cfg", "Makefile", "makefile", "GNUmakefile", "*.mk", "Cargo.toml", "config.toml",
    "build.rs", "configure.ac", ".gitignore", ".gitattributes",
)  # fmt: skip
"""The names of files that say how a project is built."""
_SOURCES = ("*.cpp", "*.cc", "*.cxx", "*.hpp", "*.hh", "*.hxx", "*.h", "*.c", "*.py", "*.pyi")
"""The names of sources, which some traps need."""

_LEFT_OUT = {
    "build", "dist", "output", "node_modules", "__pycache__", "site-packages", "venv",
    "third_party", "third-party", "3rdparty", "extern", "external", "vendor", "vendored",
    "subprojects", "submodules", "bld", "broken", "pkgs", "envs", "_skbuild", "CMakeFiles",
}  # fmt: skip
"""Folders with what was built, and with other people's projects."""

_DEEPEST = 8
"""Folders below each other."""
_MOST = 4_000
"""Files that are read."""
_LARGEST = 100_000_000
"""Characters of all files together."""


def is_file_of_a_project(path: Path) -> bool:
    """Whether the name is one of :data:`FILES`, and not that of a log."""
    return bool(_matcher(FILES)(path.name))


@cache
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], object]:
    """Return a function that tells whether a path ends as one of the patterns says."""
    ends = "|".join(fnmatch.translate(pattern) for pattern in patterns)
    return re.compile(f"(?:.*/)?(?:{ends})", re.DOTALL).match


class Files:
    """The files of a folder.

    :param root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unread: list[Unreadable] = []
        """What could not be read."""
        self._containing: dict[tuple[str, ...], tuple[Text, ...]] = {}

    @cached_property
    def texts(self) -> Mapping[str, Text]:
        """The readable files, by their paths in the project."""
        found: dict[str, Text] = {}
        left = _LARGEST
        for path in self._paths():
            text = self._read(path) if left > 0 else None
            if text:
                found[text.name] = text
                left -= len(text.content)
        return found

    def named(self, *patterns: str) -> Iterator[Text]:
        """Yield the files whose name matches one of the patterns, such as ``*.cpp``."""
        matches = _matcher(patterns)
        return (text for name, text in self.texts.items() if matches(name))

    def containing(self, words: re.Pattern[str], *patterns: str) -> tuple[Text, ...]:
        """Return those of :meth:`named` in which a regular expression is found."""
        key = (words.pattern, *patterns)
        if key not in self._containing:
            named = self.named(*patterns)
            self._containing[key] = tuple(text for text in named if words.search(text.content))
        return self._containing[key]

    def _paths(self) -> Iterator[Path]:
        left = _MOST
        matches = _matcher(FILES + _SOURCES)
        for folder, folders, names in os.walk(self.root):
            depth = len(Path(folder).relative_to(self.root).parts)
            hidden = [name for name in folders if name.startswith(".") and name != ".cargo"]
            skipped = _LEFT_OUT | set(hidden) if depth < _DEEPEST else set(folders)
            folders[:] = sorted(set(folders) - skipped)
            for name in sorted(names):
                if left and matches(name):
                    left -= 1
                    yield Path(folder) / name

    def _read(self, path: Path) -> Text | None:
        try:
            return texts.read(self.root, path)
        except Unreadable as error:
            self.unread.append(error)
            return None
