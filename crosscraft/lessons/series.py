"""The series in order, as its notebooks say it themselves, and the table of it on the welcome page.

    python -m crosscraft.lessons.series

writes the table anew. What is around it is written by hand.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscraft.errors import LessonError
from crosscraft.paths import ROOT
from crosscraft.system import files

__all__ = ["WELCOME", "Lesson", "lessons", "main", "markdown", "read", "renewed"]

NOTEBOOKS = ROOT / "notebooks"
WELCOME = NOTEBOOKS / "welcome.md"
"""The page that JupyterLab opens on."""

_BEGIN = "<!-- The lessons: written by `python -m crosscraft.lessons.series` -->\n"
_END = "<!-- End of the lessons -->\n"

_OPENING = {
    "# NN · Title": re.compile(r"^# (\d\d) · (.+)$", re.M),
    "What you'll do": re.compile(r"^\*\*What you'll do:\*\* (.+)$", re.M),
    "What you'll learn": re.compile(r"^\*\*What you'll learn:\*\* (.+)$", re.M),
    "Time": re.compile(
        r"^\*\*Time:\*\* (\d+) minutes of reading, (\d+) of exercises; "
        r"the machine works for (\d+)\.$",
        re.M,
    ),
}
"""What the first cell of a lesson has to say."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a notebook says of itself in its first cell."""

    name: str
    """Its file's name without a suffix: ``02-break-build``."""
    number: str
    """Two digits."""
    title: str
    """``Break the build``."""
    does: str
    """What the learner will do, as a sentence without its capital, in Markdown."""
    learns: str
    """What they will learn, likewise."""
    reading: int
    """Minutes of reading."""
    exercises: int
    """Minutes of exercises."""
    machine: int
    """Minutes that the machine works."""

    @property
    def file(self) -> str:
        """Its name in ``notebooks/``."""
        return f"{self.name}.ipynb"

    @property
    def minutes(self) -> str:
        """``20 + 10``: of reading, and of exercises if there are any."""
        return f"{self.reading} + {self.exercises}" if self.exercises else f"{self.reading}"


def lessons(notebooks: Iterable[Path] | None = None) -> tuple[Lesson, ...]:
    """Return the lessons, in order.

    :param notebooks: their files; by default all that there are.
    :raises LessonError: if one does not open as lessons do.
    """
    found = NOTEBOOKS.glob("[0-9][0-9]-*.ipynb") if notebooks is None else notebooks
    return tuple(read(path) for path in sorted(found))


def read(path: Path) -> Lesson:
    """Return the lesson in the notebook at `path`.

    :raises LessonError: if its first cell lacks the title, the aims or the time.
    """
    opening = next(iter(markdown(path)), "")
    found = {what: form.search(opening) for what, form in _OPENING.items()}
    said = [match.groups() for match in found.values() if match]
    if len(said) < len(found):
        missing = ", ".join(what for what, match in found.items() if not match)
        raise LessonError(
            f"the first cell of {path.name} lacks {missing}",
            remedy="Let it open as the other lessons do.",
        )
    (number, title), (does,), (learns,), minutes = said
    return Lesson(path.stem, number, title, does, learns, *(int(text) for text in minutes))


def markdown(path: Path) -> list[str]:
    """Return the Markdown of a page: that of a notebook's cells, or the whole of another file.

    :raises LessonError: if a notebook is not one.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return [text]
    try:
        cells: list[dict[str, Any]] = json.loads(text)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError):
        raise LessonError(
            f"{path.name} is not a notebook", remedy="Bring it back with git checkout."
        ) from None


def renewed(page: str) -> str:
    """Return the text of the welcome page with its table written anew.

    :raises ValueError: if the page has no place for it.
    """
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    if not rest or not after:
        raise ValueError(f"the page has no lines {_BEGIN.strip()!r} and {_END.strip()!r}")
    return f"{before}{_BEGIN}\n{_table()}\n{_END}{after}"


def _table() -> str:
    rows = [
        "| lesson | what you will do | what you will learn | minutes |",
        "|---|---|---|--:|",
        *(
            f"| [{one.number} {one.title}]({one.file}) | {one.does} | {one.learns} "
            f"| {one.minutes} |"
            for one in lessons()
        ),
    ]
    return "\n".join(rows) + "\n"


def main() -> int:
    """Write the table of the welcome page anew, and return the exit status."""
    files.write(WELCOME, renewed(WELCOME.read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
