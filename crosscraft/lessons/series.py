"""Read the list of lessons from the notebooks, and update the table on the welcome page.

    python -m crosscraft.lessons.series

rewrites the table. The text around the table is written by hand.
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

__all__ = ["WELCOME", "Lesson", "lessons", "main", "markdown", "read", "with_new_table"]

NOTEBOOKS = ROOT / "notebooks"
WELCOME = NOTEBOOKS / "welcome.md"
"""The first page that JupyterLab opens."""

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
"""The required parts of the first cell of a lesson."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The facts about a lesson from the first cell of its notebook."""

    name: str
    """The file name without its suffix, such as ``03-break-build``."""
    number: str
    """The number as two digits."""
    title: str
    """The title, such as ``Break the build``."""
    does: str
    """What the learner will do, as a Markdown sentence without its capital."""
    learns: str
    """What the learner will learn, in the same form."""
    reading: int
    """Minutes of reading."""
    exercises: int
    """Minutes of exercises."""
    machine: int
    """Minutes of machine time."""

    @property
    def file(self) -> str:
        """The file name in ``notebooks/``."""
        return f"{self.name}.ipynb"

    @property
    def minutes(self) -> str:
        """The minutes of reading, and of exercises if there are any, such as ``20 + 10``."""
        return f"{self.reading} + {self.exercises}" if self.exercises else f"{self.reading}"


def lessons(notebooks: Iterable[Path] | None = None) -> tuple[Lesson, ...]:
    """Return the lessons, in order.

    :param notebooks: the files of the notebooks. The default is all of them.
    :raises LessonError: if the first cell of a notebook lacks a required part.
    """
    found = NOTEBOOKS.glob("[0-9][0-9]-*.ipynb") if notebooks is None else notebooks
    return tuple(read(path) for path in sorted(found))


def read(path: Path) -> Lesson:
    """Return the lesson in the notebook at `path`.

    :raises LessonError: if its first cell lacks the title, the aims or the time.
    """
    opening = next(iter(markdown(path)), "")
    found = {what: form.search(opening) for what, form in _OPENING.items()}
    parts = [match.groups() for match in found.values() if match]
    if len(parts) < len(found):
        missing = ", ".join(what for what, match in found.items() if not match)
        raise LessonError(
            f"the first cell of {path.name} lacks {missing}",
            remedy="Write it like the first cells of the other lessons.",
        )
    (number, title), (does,), (learns,), minutes = parts
    return Lesson(path.stem, number, title, does, learns, *(int(text) for text in minutes))


def markdown(path: Path) -> list[str]:
    """Return the Markdown cells of a notebook, or the whole text of another page.

    :raises LessonError: if the file is not a valid notebook.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return [text]
    try:
        cells: list[dict[str, Any]] = json.loads(text)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError):
        raise LessonError(
            f"{path.name} is not a notebook", remedy="Restore it with `git checkout`."
        ) from None


def with_new_table(page: str) -> str:
    """Return the text of the welcome page with a new table.

    :raises ValueError: if the page lacks the markers around the table.
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
    """Rewrite the table of the welcome page, and return the exit status."""
    files.write(WELCOME, with_new_table(WELCOME.read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
