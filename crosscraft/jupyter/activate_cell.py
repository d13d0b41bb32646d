"""Whether a cell needs ``lesson.activate``, which has not been called in this kernel.

After a restart of the kernel, a learner may run a cell from the middle of the notebook. Its
commands would be the machine's own, or missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
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

    def __init__(self, page: str | None) -> None:
        """:param page: the path of the notebook, if it is open in a page."""
        self._page = page

    def __call__(self, lines: list[str]) -> list[str]:
        """Return the lines of a cell.

        :raises LessonError: if it stands below a cell with ``lesson.activate``, and none has run.
        """
        if ACTIVE.env is None and lines and lines[0].startswith("%%bash"):
            source = "".join(lines).strip()
            needed = next((call for own, call in self._needing() if own == source), "")
            if needed:
                raise LessonError(
                    f"this cell needs the variables of `{needed}`",
                    remedy="Run the cell with that line first, and then this cell again.",
                )
        return lines

    def _needing(self) -> Iterator[tuple[str, str]]:
        """Yield the source of each cell below one that activates, and the line that does."""
        for path in self._notebooks():
            call = ""
            for source in _cells(path):
                call = next((line for line in source.splitlines() if _ACTIVATE in line), call)
                if call:
                    yield source.strip(), call.strip()

    def _notebooks(self) -> list[Path]:
        if self._page:
            return [Path(self._page)]
        number = os.environ.get(LESSON_VARIABLE, "")
        return sorted((ROOT / "notebooks").glob(f"{number:0>2}-*.ipynb"))


def _cells(notebook: Path) -> list[str]:
    """Return the sources of the code cells of a notebook."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return ["".join(one["source"]) for one in cells if one["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # no notebook, or one that is being written
