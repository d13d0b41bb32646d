"""Measure who writes the code of the notebooks: the learner, or we.

    python -m tools.share [NOTEBOOK…]

prints a row for each notebook, and one for all:

- `words` of prose, `exercises`, given code `cells`, and the `longest` run of such cells without an
  exercise,
- lines of `given` code, and of the reference `solutions` of the exercises,
- the lines of these solutions that are `typed`, because they are not in the file that the learner
  starts from,
- the `share` of the solutions in the code of the finished notebook, and that of the typed lines.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscraft.building.check import catalogue, reproductions
from crosscraft.lessons import workspace
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.kinds import repair
from crosscraft.lessons.exercises.model import BLANK, Exercise
from crosscraft.text import table
from tools import prose

__all__ = ["NotebookShare", "main", "of", "share"]

_COURSE = re.compile(
    r"\blesson\.(?:begin|catch_up|check|give|go_on|hint|plant|progress|reset|solution)\("
)
"""Calls of a cell that is the course's, and neither given code nor the learner's."""

_HEAD = (
    "notebook", "words", "exercises", "cells", "longest", "given", "solutions", "typed", "share",
    "typed share",
)  # fmt: skip

_CHECK = re.compile(r"\blesson\.check\(\s*[\"']([\w-]+)[\"']")


@dataclass(frozen=True, slots=True)
class NotebookShare:
    """The code of a notebook, and whose it is."""

    name: str
    """The notebook's file name without its suffix."""
    words: int
    """Words of prose, without tables."""
    exercises: tuple[Exercise, ...]
    """The exercises that it checks, each once, in order."""
    gaps: tuple[int, ...]
    """Given code cells before the first check, between two checks, and after the last."""
    given: int
    """Lines of given code."""
    solutions: int
    """Lines of the exercises' reference solutions."""
    typed: int
    """Those of them that the learner is not given."""

    @property
    def cells(self) -> int:
        """The number of given code cells."""
        return sum(self.gaps)


def of(path: Path) -> NotebookShare:
    """Return the share of the notebook at `path`.

    :raises LessonError: if it checks an exercise that does not exist.
    """
    import nbformat

    cells = nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    names = dict.fromkeys(name for source in sources for name in _CHECK.findall(source))
    exercises = tuple(judge.find(name) for name in names)
    gaps, given = [0], 0
    for source in sources:
        if _CHECK.search(source):
            gaps.append(0)
        elif not _COURSE.search(source) and not _is_start(source, exercises):
            gaps[-1] += 1
            given += len(_lines(source))
    return NotebookShare(
        path.stem,
        sum(prose.words(cell.source) for cell in cells if cell.cell_type == "markdown"),
        exercises,
        tuple(gaps),
        given,
        sum(len(_lines(text)) for exercise in exercises for text in _solution(exercise)),
        sum(map(_typed, exercises)),
    )


def share(notebooks: Sequence[NotebookShare], part: str = "solutions") -> float:
    """Return the learner's part of the code of the finished `notebooks`, from 0 to 1.

    :param part: ``solutions``, or ``typed`` to count a line that the learner is given as given.
    """
    given = sum(one.given for one in notebooks)
    solutions = sum(one.solutions for one in notebooks)
    learners: int = sum(getattr(one, part) for one in notebooks)
    return learners / (given + solutions) if given + solutions else 0.0


def _is_start(source: str, exercises: Sequence[Exercise]) -> bool:
    """Whether a cell writes the file that the learner of an exercise starts from."""
    head, _, text = source.partition("\n")
    if not head.startswith("%%writefile"):
        return False
    return BLANK in text or any(
        text.strip() == exercise.given.strip() for exercise in exercises if exercise.given
    )


def _solution(exercise: Exercise) -> tuple[str, ...]:
    """Return the texts that a learner writes to solve an exercise.

    If the exercise changes a file that an earlier lesson has finished, that's only the change.
    """
    for file in workspace.FILES:
        if file.change and file.change.exercise == exercise.name:
            return (file.change.after,)
    if isinstance(exercise.solution, Mapping):
        return tuple(_added(exercise)) if exercise.trap else tuple(exercise.solution.values())
    return (exercise.solution,)


def _added(exercise: Exercise) -> Iterator[str]:
    """Yield the lines that a repair adds to each file of a planted project, as a text."""
    reproduction = repair.reproduction_of(catalogue.find(exercise.trap))
    with tempfile.TemporaryDirectory() as folder:
        project = reproductions.plant(reproduction, Path(folder))
        for name, text in dict(exercise.solution).items():  # type: ignore[arg-type]
            old = (project / name).read_text(encoding="utf-8") if (project / name).exists() else ""
            yield "\n".join((Counter(_lines(text)) - Counter(_lines(old))).elements())


def _typed(exercise: Exercise) -> int:
    """Return how many lines of the solution are not in the text that the learner is given."""
    solution = Counter(line for text in _solution(exercise) for line in _lines(text))
    return (solution - Counter(_lines(exercise.given))).total()


def _lines(text: str) -> list[str]:
    """Return the lines of code in a cell or a file, without empty lines and the cell's magic."""
    return [line.strip() for line in text.splitlines() if line.strip() and line[:2] != "%%"]


def main(arguments: Sequence[str]) -> int:
    """Print the table, and return the exit status."""
    paths = [Path(name) for name in arguments] or sorted(prose.NOTEBOOKS.glob("*.ipynb"))
    notebooks = [of(path) for path in paths]
    rows = [_row(one.name, [one], max(one.gaps)) for one in notebooks]
    rows.append(_row("all", notebooks, max(max(one.gaps) for one in notebooks)))
    print(table(rows, _HEAD, right=range(1, len(_HEAD))))
    print()
    print(
        table(
            _kinds([e for one in notebooks for e in one.exercises]), ("exercises", "number"), (1,)
        )
    )
    return 0


def _row(name: str, notebooks: Sequence[NotebookShare], gap: int) -> list[str]:
    numbers: list[Any] = [
        sum(one.words for one in notebooks),
        sum(len(one.exercises) for one in notebooks),
        sum(one.cells for one in notebooks),
        gap,
        sum(one.given for one in notebooks),
        sum(one.solutions for one in notebooks),
        sum(one.typed for one in notebooks),
        f"{share(notebooks):.0%}",
        f"{share(notebooks, 'typed'):.0%}",
    ]
    return [name, *map(str, numbers)]


def _kinds(exercises: Sequence[Exercise]) -> list[tuple[str, str]]:
    """Return how many exercises there are of each kind, and how many hand in what is built."""
    kinds = Counter(exercise.kind.value for exercise in exercises)
    hands_in = Counter(f"hands in {e.hands_in.value.partition(':')[0]}" for e in exercises)
    return [(name, str(number)) for name, number in (*kinds.most_common(), *hands_in.most_common())]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
