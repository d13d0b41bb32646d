"""Whether the first cell of a lesson has run. All other cells need the names that it defines.

After a restart of the kernel, a learner may run another cell first. A ``%%bash`` cell would then
write beside the notebooks, and ``%%writefile {project}/…`` to a folder named ``{project}``.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from crosscraft.errors import LessonError
from crosscraft.paths import ROOT

__all__ = ["FirstCell", "not_begun"]

_BEGIN = "lesson.begin("
_PROJECT = "project"
"""The variable that the first cell of every lesson defines, last."""


class FirstCell:
    """The first cell of the kernel's notebook, and an input transformer for IPython."""

    has_side_effects = True
    """IPython does not call such a transformer to find out whether an input is complete."""

    def __init__(self, namespace: Mapping[str, object], page: str | None) -> None:
        """:param namespace: the variables of the learner.
        :param page: the path of the notebook. nbclient and nbval do not tell it to the kernel, but
            they run lessons alone.
        """
        self._namespace = namespace
        lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
        self._notebooks = [Path(page)] if page else lessons
        self._at_lessons = bool(page) or any(Path(path.name).exists() for path in lessons)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that the first cell defines. There are none if it begins no lesson."""
        return frozenset(name for path in self._notebooks for name in _names(path))

    def lacks(self, name: str | None) -> bool:
        """Whether `name` is undefined because the first cell has not run."""
        return _PROJECT not in self._namespace and name in self.names

    def __call__(self, lines: list[str]) -> list[str]:
        """Return the lines of a cell.

        :raises LessonError: if its commands or its file belong into a project that is not open.
        """
        first = lines[0] if lines else ""
        in_project = self._at_lessons or f"{{{_PROJECT}}}" in first
        if first.startswith("%%") and in_project and self.lacks(_PROJECT):
            raise not_begun()
        return lines


def not_begun() -> LessonError:
    """Return the error of a cell that needs the first one."""
    return LessonError(
        "no lesson has begun in this kernel",
        remedy="Run the first cell of this notebook, and then this cell again.",
    )


def _names(notebook: Path) -> Iterator[str]:
    """Yield the names that the first code cell of a notebook imports or assigns."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        first = next("".join(one["source"]) for one in cells if one["cell_type"] == "code")
        tree = ast.parse(first)
    except (OSError, ValueError, KeyError, TypeError, SyntaxError, StopIteration):
        return  # no notebook, or one of the learner's own
    if _BEGIN not in first:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
