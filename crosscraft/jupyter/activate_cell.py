"""Whether a cell needs ``lesson.activate``, which has not been called in this kernel.

After a restart of the kernel, a learner may run a cell from the middle of the notebook. Its
commands would be the machine's own, or missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from crosscraft.errors import LessonError
from crosscraft.jupyter.activation import ACTIVE
from crosscraft.paths import ROOT
from crosscraft.system.progress import LESSON_VARIABLE

__all__ = ["ActivateCell"]

_ACTIVATE = "lesson.activate("


class ActivateCell:
    """An input transformer for IPython that stops cells which need variables."""

    has_side_effects = True
    """IPython does not call such a transformer to find out whether an input is complete."""

    def __init__(self, page: str | None, identity: Callable[[], str]) -> None:
        """:param page: the path of the notebook, if it is open in a page.
        :param identity: returns the id of the cell that runs, or an empty text.
        """
        self._page = page
        self._identity = identity

    def __call__(self, lines: list[str]) -> list[str]:
        """Return the lines of a cell.

        :raises LessonError: if it stands below a cell with ``lesson.activate``, and none has run.
        """
        if ACTIVE.env is None and lines and lines[0].startswith("%%bash"):
            needed = self._needed("".join(lines).strip())
            if needed:
                raise LessonError(
                    f"this cell needs the variables of `{needed}`",
                    remedy="Run the cell with that line first, and then this cell again.",
                )
        return lines

    def _needed(self, source: str) -> str:
        """Return the line that activates above this cell, if there is one.

        Pages tell the id of a cell. It stays when a learner edits the cell, and its source does
        not.
        """
        cells = [cell for path in self._notebooks() for cell in _with_calls(path)]
        identity = self._identity()
        by_identity = (call for own, _, call in cells if identity and own == identity)
        by_source = (call for _, own, call in cells if call and own == source)
        return next(chain(by_identity, by_source), "")

    def _notebooks(self) -> list[Path]:
        if self._page:
            return [Path(self._page)]
        number = os.environ.get(LESSON_VARIABLE, "")
        return sorted((ROOT / "notebooks").glob(f"{number:0>2}-*.ipynb"))


def _with_calls(notebook: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the id and the source of each cell, and the last line down to it that activates."""
    call = ""
    for identity, source in _cells(notebook):
        call = next((line.strip() for line in source.splitlines() if _ACTIVATE in line), call)
        yield identity, source.strip(), call


def _cells(notebook: Path) -> list[tuple[str, str]]:
    """Return the ids and the sources of the code cells of a notebook."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return [
            (one.get("id", ""), "".join(one["source"]))
            for one in cells
            if one["cell_type"] == "code"
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []  # no notebook, or one that is being written
