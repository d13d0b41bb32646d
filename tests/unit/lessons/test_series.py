"""The series in order: the welcome page and README say what the notebooks say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crosscraft.errors import LessonError
from crosscraft.lessons import series
from crosscraft.paths import ROOT
from tests.support.small_site import lesson

PAGE = series.WELCOME.read_text(encoding="utf-8")
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def test_the_lessons_are_all_notebooks_in_order() -> None:
    files = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert [one.file for one in series.lessons()] == files
    assert [one.number for one in series.lessons()] == [f"{n:02}" for n in range(len(files))]


def test_a_lesson_is_what_its_notebook_says() -> None:
    one = series.lessons()[5]
    assert (one.title, one.minutes) == ("Cross-compile", "11 + 25")
    assert one.does.startswith("build your project for two other processors")
    assert one.learns.startswith("what changes in a cross build")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{}", "is not a notebook"),
        ("no JSON", "is not a notebook"),
        ('{"cells": []}', "lacks # NN · Title, What you'll do, What you'll learn, Time"),
        (lesson("01", "Two").replace("minutes", "hours"), "lacks Time"),
    ],
)
def test_one_that_does_not_say_what_it_takes_is_named(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "01-two.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(LessonError, match=r"01-two\.ipynb") as raised:
        series.read(tmp_path / "01-two.ipynb")
    assert what in str(raised.value)


def test_the_welcome_page_is_up_to_date() -> None:
    """`python -m crosscraft.lessons.series`, or `make notebooks`, writes it."""
    assert series.with_new_table(PAGE) == PAGE


def test_writing_it_anew_keeps_what_is_around_the_table() -> None:
    lines = PAGE.splitlines(keepends=True)
    without = "".join(line for line in lines if not line.startswith("| [07"))
    assert without != PAGE
    assert series.with_new_table(without) == PAGE
    with pytest.raises(ValueError, match="no lines"):
        series.with_new_table("# A page\n")


def test_its_links_lead_somewhere() -> None:
    targets = [target.split("#")[0] for _, target in LINK.findall(PAGE)]
    assert len(targets) > 10
    assert all((series.WELCOME.parent / target).exists() for target in targets)


def test_readme_has_the_same_lessons_in_the_same_order() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\d\d) ([^\]]+)\]\(notebooks/([^)]+)\)", readme, re.M)
    assert rows == [
        (one.number, one.title[0].lower() + one.title[1:], one.file) for one in series.lessons()
    ]


def test_the_teaching_guide_has_the_minutes_that_the_notebooks_declare() -> None:
    guide = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d\d) [^|]+\| (\d+) \| (\d+) \| (\d+) \|", guide, re.M)
    assert rows == [
        (one.number, str(one.reading), str(one.exercises), str(one.machine))
        for one in series.lessons()
    ]
