"""Whose the code of a notebook is."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import BLANK, HandsIn
from tools import share

ALL = judge.all_exercises().values()
FILLED = next(e for e in ALL if BLANK in e.given and isinstance(e.solution, str))
VALUE = next(e for e in ALL if e.hands_in is HandsIn.VALUE)


def notebook(folder: Path, *cells: str) -> Path:
    path = folder / "01-write-extension.ipynb"
    made = [nbformat.v4.new_code_cell(source) for source in cells]
    intro = nbformat.v4.new_markdown_cell("# A title\n\nfour words of prose")
    nbformat.write(nbformat.v4.new_notebook(cells=[intro, *made]), path)
    return path


@pytest.fixture
def measured(tmp_path: Path) -> share.NotebookShare:
    return share.of(
        notebook(
            tmp_path,
            "from crosscraft import lesson\n\nproject = lesson.begin(1)",
            "%%bash\ncmake --version\n\nninja --version",
            "%%writefile {project}/given.txt\none\ntwo",
            f"%%writefile {{project}}/{FILLED.path}\n{FILLED.given}",
            f'lesson.check("{FILLED.name}")',
            f'lesson.check("{FILLED.name}")',
            f'lesson.go_on("{FILLED.name}")',
            'lesson.activate("linux-64")',
            f'answer = ...\nlesson.check("{VALUE.name}", answer)',
            "1 + 1",
        )
    )


def test_cells_are_counted_between_checks(measured: share.NotebookShare) -> None:
    assert measured.gaps == (2, 0, 1, 1)
    assert measured.cells == 4
    assert measured.exercises == (FILLED, VALUE)
    assert measured.words == 6


def test_lines_are_without_magic_and_the_calls_of_the_course(
    measured: share.NotebookShare,
) -> None:
    assert measured.given == 2 + 2 + 1 + 1
    lines = [line for line in str(FILLED.solution).splitlines() if line.strip()]
    assert measured.solutions == len(lines) + len(str(VALUE.solution).splitlines())
    given = {line.strip() for line in FILLED.given.splitlines()}
    typed = [line for line in lines if line.strip() not in given]
    assert measured.typed >= len(typed) + 1
    assert measured.typed < measured.solutions


def test_the_share_is_of_the_finished_notebook(measured: share.NotebookShare) -> None:
    assert share.share([measured]) == measured.solutions / (measured.solutions + measured.given)
    assert share.share([measured], "typed") < share.share([measured])
    assert share.share([]) == 0


def test_of_a_planted_bug_the_lines_of_the_repair_count(tmp_path: Path) -> None:
    found = share.of(notebook(tmp_path, 'lesson.plant("bug-hunt")', 'lesson.check("bug-hunt")'))
    assert (found.solutions, found.typed, found.given) == (1, 1, 0)


def test_the_table_has_a_row_for_each_and_for_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = notebook(tmp_path, "1 + 1", f'lesson.check("{VALUE.name}", ...)')
    assert share.main([str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines if line}
    assert rows["01-write-extension"] == rows["all"]
    assert rows["all"][:5] == ["6", "1", "1", "1", "1"]
    assert [VALUE.kind.value, "1"] in [line.rsplit(maxsplit=1) for line in lines]


def test_of_a_changed_file_the_change_counts(tmp_path: Path) -> None:
    found = share.of(notebook(tmp_path, 'lesson.check("skip-for-pixi")'))
    assert (found.solutions, found.typed) == (2, 2)
