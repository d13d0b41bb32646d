"""What a check runs is what its lesson shows."""

from __future__ import annotations

from typing import Any

import nbformat

from crosscraft.lessons.exercises import order_steps, predict_lie
from crosscraft.paths import ROOT
from tools import exercises


def cells(lesson: int) -> list[Any]:
    """The cells of a lesson's notebook."""
    (path,) = (ROOT / "notebooks").glob(f"{lesson:02}-*.ipynb")
    return list(nbformat.read(path, as_version=4).cells)


def sources(lesson: int) -> list[str]:
    """The sources of the code cells of a lesson's notebook."""
    return [cell.source for cell in cells(lesson) if cell.cell_type == "code"]


def test_the_scripts_that_checks_run_are_those_of_the_lessons() -> None:
    project = "%%writefile {project}/naive/old/CMakeLists.txt\n" + predict_lie.CMAKELISTS
    assert project.strip() in sources(3)


def test_the_steps_to_order_are_those_of_the_lesson() -> None:
    (text,) = (cell.source for cell in cells(1) if "Exercise: order the steps" in cell.source)
    lines = [line for line in text.splitlines() if line.startswith('- `"')]
    assert lines == [f'- `"{step.key}"`: `{step.command}`' for step in order_steps.STEPS]


def test_the_instructors_page_is_what_its_tool_writes() -> None:
    page = exercises.PAGE.read_text(encoding="utf-8")
    again = "run .venv/bin/python -m tools.exercises"
    assert exercises.with_new_tables(page) == page, again


def test_the_instructors_page_shows_what_differs_from_the_solution() -> None:
    page = exercises.PAGE.read_text(encoding="utf-8")
    assert '| `m.def("mul", &add);` | … return the product … |' in page
    assert "| `{'c': 'not loaded'}` | … before anything else … |" in page
    assert "| `'x86_64'` | … machine in front of you … |" in page
