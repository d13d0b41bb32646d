"""The series in order, as its notebooks say it themselves, and the table of it on the welcome page.

    python -m crosscraft.series

writes the table anew. What is around it is written by hand.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from crosscraft import ROOT, storage

__all__ = ["WELCOME", "Lesson", "lessons", "main", "renewed"]

NOTEBOOKS = ROOT / "notebooks"
WELCOME = NOTEBOOKS / "welcome.md"
"""The page that JupyterLab opens on."""

_BEGIN = "<!-- The lessons: written by `python -m crosscraft.series` -->\n"
_END = "<!-- End of the lessons -->\n"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a notebook says of itself in its first cell."""

    file: str
    """Its name in ``notebooks/``."""
    number: str
    """Two digits."""
    title: str
    """``Break the build``."""
    does: str
    """What the learner will do, as a sentence without its capital."""
    learns: str
    """What they will learn, likewise."""
    reading: int
    """Minutes of reading."""
    exercises: int
    """Minutes of exercises."""


def lessons() -> tuple[Lesson, ...]:
    """Return the lessons, in order.

    :raises ValueError: if a notebook does not open as all do.
    """
    return tuple(_lesson(path) for path in sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb")))


def _lesson(path: Path) -> Lesson:
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
    opening = "".join(first)
    form = (
        r"# (\d\d) · (.+)\n(?s:.*)"
        r"\*\*What you'll do:\*\* (.+)\n(?s:.*)"
        r"\*\*What you'll learn:\*\* (.+)\n(?s:.*)"
        r"\*\*Time:\*\* (\d+) minutes of reading, (\d+) of exercises"
    )
    found = re.search(form, opening)
    if not found:
        raise ValueError(f"{path.name} does not open with title, aims and time")
    number, title, does, learns, reading, exercises = found.groups()
    return Lesson(path.name, number, title, does, learns, int(reading), int(exercises))


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
            f"| {one.reading}{f' + {one.exercises}' if one.exercises else ''} |"
            for one in lessons()
        ),
    ]
    return "\n".join(rows) + "\n"


def main() -> int:
    """Write the table of the welcome page anew, and return the exit status."""
    storage.write(WELCOME, renewed(WELCOME.read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
