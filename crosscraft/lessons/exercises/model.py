"""The data of an exercise: its text, its check, its help and its known answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from crosscraft.lessons.evidence.verdict import Verdict
from crosscraft.lessons.evidence.work import Work

__all__ = [
    "BLANK", "Check", "Exercise", "HandsIn", "Kind", "Maker", "Prepare", "Wrong", "changed",
]  # fmt: skip

BLANK = "____"
"""What stands in a given file where the learner writes."""


class Kind(Enum):
    """What the learner does."""

    FILL = "fill the blanks"
    ORDER = "order the steps"
    WRITE = "write from a blank page"
    REPAIR = "repair"
    CATCH = "write a test that catches"
    PREDICT = "predict, then do"
    LIAR = "find the liar"


class HandsIn(Enum):
    """What the learner hands in."""

    VALUE = "a Python value"
    FILE = "a file"
    FOLDER = "a folder: a project, or packages"


Check = Callable[[Work], Verdict]
"""A function that checks an answer. It may raise `NotYet` and `Refused`. It never gets the
placeholder, a missing file, or a file that is still as it was given."""

Maker = Callable[[Path], Path]
"""A function that makes an answer in an empty folder, for the tests, and returns what is handed
in."""


Prepare = Callable[[Path], Sequence[str]]
"""A function that makes what the learner starts from in the project folder, and returns the paths
of the new files. Existing files stay as they are."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong answer that learners give, and what they are told."""

    answer: object
    """The answer, in a form of :attr:`Exercise.right`."""
    says: str
    """A part of the expected verdict, or of its evidence."""
    looks_right: bool = False
    """Whether it looks right as text: only a compiler, an engine or a run shows that it's wrong."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """A task with its check, its help, and known answers."""

    name: str
    """The unique name that the notebook uses, in words and dashes."""
    lesson: int
    """The number of its lesson."""
    minutes: int
    """The minutes that a learner needs. In a lesson, they add up to what its notebook declares."""
    title: str
    """A few words for the list of progress."""
    kind: Kind
    """What the learner does."""
    hint: str
    """The first step of help: where to look."""
    part: str
    """The second step of help: a part of the solution, or nearly all of it."""
    solution: str | Mapping[str, str]
    """The third step of help, as the learner would type it: a Python expression, the text of the
    file, the text of each changed file of the folder by its path, or the commands that make the
    folder in a copy of :attr:`base`."""
    check: Check
    """The function that checks an answer."""
    right: tuple[object, ...]
    """Two or more other right answers. A value, the text of a file, the texts of the changed files
    of a folder by their paths, the commands that make it, or a `Maker`."""
    wrong: tuple[Wrong, ...]
    """Three or more wrong answers."""
    hands_in: HandsIn = HandsIn.VALUE
    """What the learner hands in."""
    path: str = ""
    """The path of the file or folder in the learner's project. It's handed in by default."""
    given: str = ""
    """The text of the file that the learner starts from, if any."""
    base: str = ""
    """What a handed-in project starts from: a folder of this repository, such as ``cpp_math``, or
    ``new NAME`` for what `crosscraft new NAME` makes."""
    trap: str = ""
    """The trap of the catalogue that `lesson.plant` puts into the folder."""
    built_for: tuple[str, ...] = ()
    """The platforms for which the folder is built before it's handed in."""
    prepare: Prepare | None = None
    """Makes what the learner starts from, apart from the given file. `lesson.give` calls it."""
    meanings: tuple[tuple[str, str], ...] = ()
    """Messages of tools, as regular expressions, and what each one means here. The first that
    matches is shown below the tool's own message."""


def changed(text: str, *edits: tuple[str, str]) -> str:
    """Return `text` with each old text replaced by the new one. It makes known answers.

    :raises ValueError: if an old text is not there, so that no answer is silently the solution.
    """
    for old, new in edits:
        if old not in text:
            raise ValueError(f"there is no {old!r} in the text")
        text = text.replace(old, new)
    return text
