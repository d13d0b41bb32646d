"""What the lessons say of themselves, in their first cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscraft.errors import SiteError

__all__ = ["Lesson", "markdown", "read", "read_lesson"]

_TITLE = re.compile(r"^# (\d\d) · (.+)$", re.M)
_DOING = re.compile(r"^\*\*What you'll do:\*\* (.+)$", re.M)
_TIME = re.compile(
    r"^\*\*Time:\*\* (\d+) minutes of reading, (\d+) of exercises; the machine works for (\d+)\.$",
    re.M,
)


@dataclass(frozen=True)
class Lesson:
    """One notebook of the series."""

    number: str
    """Its two digits."""
    name: str
    """Its file's name without a suffix, as ``06-cross-compile``."""
    title: str
    """Its heading without the number."""
    doing: str
    """What the reader will do: a sentence, in Markdown."""
    reading: int
    """Minutes of reading."""
    exercises: int
    """Minutes of exercises; none if 0."""
    machine: int
    """Minutes that the machine works."""


def read(paths: Iterable[Path]) -> list[Lesson]:
    """Return the lessons in the notebooks at `paths`, in order.

    :raises SiteError: if one does not open as lessons do.
    """
    return [read_lesson(path) for path in sorted(paths)]


def read_lesson(path: Path) -> Lesson:
    """Return the lesson in the notebook at `path`.

    :raises SiteError: if its first cell lacks the title, what is done, or the time.
    """
    opening = next(iter(markdown(path)), "")
    title, doing, time = (form.search(opening) for form in (_TITLE, _DOING, _TIME))
    if not (title and doing and time):
        missing = [
            word
            for word, found in (("# NN · Title", title), ("What you'll do", doing), ("Time", time))
            if not found
        ]
        raise SiteError(
            f"the first cell of {path.name} lacks {', '.join(missing)}",
            remedy="Let it open as the other lessons do.",
        )
    sentence = doing[1][0].upper() + doing[1][1:]
    return Lesson(title[1], path.stem, title[2], sentence, *(int(n) for n in time.groups()))


def markdown(path: Path) -> list[str]:
    """Return the Markdown of a page: that of a notebook's cells, or the whole of another file.

    :raises SiteError: if a notebook is not one.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return [text]
    try:
        cells: list[dict[str, Any]] = json.loads(text)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError):
        raise SiteError(
            f"{path.name} is not a notebook", remedy="Bring it back with git checkout."
        ) from None
