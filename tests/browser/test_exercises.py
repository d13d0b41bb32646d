"""An exercise of notebook 01, from the three dots to passed; then catching up and starting over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from crosscraft.lessons.exercises import judge
from crosscraft.paths import ROOT
from tests.support.browser.lab_page import LabPage
from tests.support.browser.lab_server import Lab

NAME = "predict-stub"
EXERCISE = judge.find(NAME)
REFERENCE = ROOT / "cpp_math" / "src" / "math.cpp"
MINE = REFERENCE.read_text() + "// mine\n"


@pytest.fixture(scope="module")
def lesson1(open_notebook, own_lab: Lab) -> Iterator[LabPage]:
    with open_notebook("01-write-extension", own_lab) as page:
        page.run(page.cell("lesson.begin(1)"))
        yield page


@pytest.fixture
def cell(lesson1: LabPage) -> Locator:
    return lesson1.cell(f'lesson.check("{NAME}"')


def answered(page: LabPage, cell: Locator, answer: str, more: str = "") -> Locator:
    """Write an answer in place of the dots, run the cell, and return what it says."""
    page.write(cell, f'answer = {answer}\nlesson.check("{NAME}", answer){more}')
    return page.run(cell).first


def test_the_dots_are_no_answer(lesson1: LabPage, cell: Locator) -> None:
    expect(lesson1.run(cell).first).to_contain_text("Not attempted. Put your answer in place")


def test_a_wrong_answer_says_what_to_look_at(lesson1: LabPage, cell: Locator) -> None:
    wrong = EXERCISE.wrong[0]
    output = answered(lesson1, cell, repr(wrong.answer))
    expect(output).to_contain_text(re.compile(r"^Not yet\.", re.M))
    expect(output).to_contain_text(wrong.says)


def test_hints_go_one_step_further_each_time(lesson1: LabPage, cell: Locator) -> None:
    for number, text in enumerate((EXERCISE.hint, EXERCISE.part, EXERCISE.solution), 1):
        output = answered(lesson1, cell, "...", f'\nlesson.hint("{NAME}")')
        expect(output).to_contain_text(f"Help {number} of 3")
        expect(output).to_contain_text(str(text))


def test_the_right_answer_passes_and_outlives_the_kernel(lesson1: LabPage, cell: Locator) -> None:
    passed = re.compile(rf"{EXERCISE.title}.*\d{{4}}-\d\d-\d\d")
    output = answered(lesson1, cell, EXERCISE.solution, "\nlesson.progress()")
    expect(output).to_contain_text(re.compile(r"^Correct\.", re.M))
    row = lesson1.outputs(cell).last.get_by_role("row").filter(has_text=EXERCISE.title)
    expect(row).to_contain_text(passed)
    lesson1.restart()
    lesson1.run(lesson1.cell("lesson.begin(1)"))
    answered(lesson1, cell, "...", "\nlesson.progress()")
    expect(row).to_contain_text(passed)


def test_after_a_restart_a_cell_says_that_the_lesson_has_to_begin(
    lesson1: LabPage, cell: Locator
) -> None:
    lesson1.restart()
    output = lesson1.run(cell).first
    expect(output).to_contain_text("Run the first cell of this notebook")
    lesson1.write(cell, "from crosscraft import lesson\nlesson.catch_up()")
    expect(lesson1.run(cell).first).to_contain_text("no lesson has begun")
    lesson1.run(lesson1.cell("lesson.begin(1)"))


@pytest.fixture(scope="module")
def lesson4(open_notebook, own_lab: Lab) -> Iterator[LabPage]:
    with open_notebook("04-write-cmakelists", own_lab) as page:
        yield page


@pytest.fixture
def source(own_lab: Lab) -> Path:
    """The learner's own file of an earlier lesson. It passes, and is not the answer key's."""
    path = own_lab.clone / "workspace" / "project" / "src" / "math.cpp"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MINE)
    return path


def kept(own_lab: Lab) -> list[str]:
    """The learner's own files of that name in backups."""
    return [path.read_text() for path in own_lab.clone.glob("workspace/backups/*/src/math.cpp")]


def test_catching_up_replaces_a_file_and_keeps_it(
    lesson4: LabPage, own_lab: Lab, source: Path
) -> None:
    cell = lesson4.cell("lesson.begin(4)")
    lesson4.run(cell)
    assert source.read_text() == MINE, "beginning a lesson replaces nothing that passes"
    lesson4.write(cell, "lesson.catch_up()")
    output = lesson4.run(cell).first
    expect(output).to_contain_text(
        "Replaced: src/math.cpp. Your versions are in the workspace's backups"
    )
    assert source.read_bytes() == REFERENCE.read_bytes()
    assert MINE in kept(own_lab)


def test_a_reset_begins_anew_and_keeps_all(lesson4: LabPage, own_lab: Lab, source: Path) -> None:
    before = kept(own_lab).count(MINE)
    cell = lesson4.cell("lesson.catch_up()")
    lesson4.write(cell, "lesson.reset()")
    output = lesson4.run(cell).first
    expect(output).to_contain_text("Your files are in the workspace's backups folder.")
    expect(output).to_contain_text("Lesson 4 begins in the folder workspace/project.")
    assert source.read_bytes() == REFERENCE.read_bytes()
    assert kept(own_lab).count(MINE) == before + 1
