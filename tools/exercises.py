"""Write the page for instructors about the exercises, with their minutes and wrong answers.

    python -m tools.exercises

writes the tables of docs/exercises.md from the exercises. The text around them is written by hand.
"""

from __future__ import annotations

import ast
import difflib
import re
import sys
from collections.abc import Iterator, Mapping

from crosscraft.lessons import series
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Wrong
from crosscraft.paths import ROOT
from crosscraft.system import files

__all__ = ["PAGE", "main", "with_new_tables"]

PAGE = ROOT / "docs" / "exercises.md"
"""The page."""

_BEGIN = "<!-- The exercises: written by `python -m tools.exercises` -->\n"
_END = "<!-- End of the exercises -->\n"

_MOST = 5
"""Wrong answers of an exercise on the page. Those that tell most come first."""
_LINES = 2
"""Lines of a file that show a wrong answer."""
_WIDTH = 100
"""Characters of such a line."""


def main() -> int:
    """Write the page, and return the exit status."""
    files.write(PAGE, with_new_tables(PAGE.read_text(encoding="utf-8")))
    return 0


def with_new_tables(page: str) -> str:
    """Return the text of the page with new tables.

    :raises ValueError: if the page lacks the markers around the tables.
    """
    before, _, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise ValueError(f"the page has no lines {_BEGIN.strip()!r} and {_END.strip()!r}")
    tables = "\n".join(line for lesson in series.lessons() for line in _lesson(lesson))
    return f"{before}{_BEGIN}\n{tables}\n{_END}{after}"


def _lesson(lesson: series.Lesson) -> Iterator[str]:
    yield f"## {lesson.number} {lesson.title}, {lesson.exercises} minutes\n"
    for exercise in _in_order(lesson):
        yield f"### {exercise.name}\n"
        title = f"{exercise.title[0].upper()}{exercise.title[1:]}"
        yield f"{title}. The learner's task: {exercise.kind.value}. Minutes: {exercise.minutes}.\n"
        yield "| a learner answers | the check says |\n|---|---|"
        for wrong in exercise.wrong[:_MOST]:
            yield f"| {_answer(exercise, wrong)} | … {_escaped(wrong.says)} … |"
        yield ""


def _in_order(lesson: series.Lesson) -> list[Exercise]:
    """Return the exercises of a lesson, in the order of its notebook."""
    notebook = (series.NOTEBOOKS / lesson.file).read_text(encoding="utf-8")
    names = re.findall(r'lesson\.check\(\\"([a-z-]+)\\"', notebook)
    known = judge.all_exercises()
    return [known[name] for name in dict.fromkeys(names)]


def _answer(exercise: Exercise, wrong: Wrong) -> str:
    """Return a wrong answer as a cell: the parts of a value or file that the solution hasn't."""
    if exercise.hands_in is HandsIn.VALUE:
        return _code(repr(_differing(exercise, wrong.answer)))
    match wrong.answer, exercise.solution:
        case str(text), str(reference):
            return _changes(reference, text)
        case Mapping() as texts, Mapping() as references:
            each = (_changes(references.get(path, ""), str(texts[path])) for path in texts)
            return "<br>".join(each)
        case _:
            return "a folder"


def _differing(exercise: Exercise, answer: object) -> object:
    """Return the entries of a dictionary that the solution hasn't, and other answers whole."""
    if not isinstance(answer, Mapping):
        return answer
    right = ast.literal_eval(str(exercise.solution))
    return {key: answer[key] for key in answer if right.get(key) != answer[key]} or dict(answer)


def _changes(reference: str, text: str) -> str:
    """Return the first lines that a wrong file adds to the reference, or else those it lacks."""
    compared = list(difflib.ndiff(reference.splitlines(), text.splitlines()))
    for mark, words in (("+ ", ""), ("- ", "without ")):
        lines = [line[2:].strip() for line in compared if line.startswith(mark)]
        shown = [_code(line) for line in lines if line][:_LINES]
        if shown:
            return words + "<br>".join(shown)
    return "the same text"


def _code(text: str) -> str:
    """Return a text as code in a cell of a table."""
    short = text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
    fence = "``" if "`" in short else "`"
    pad = " " if "`" in short else ""
    return f"{fence}{pad}{short}{pad}{fence}".replace("|", "\\|")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


if __name__ == "__main__":
    sys.exit(main())
