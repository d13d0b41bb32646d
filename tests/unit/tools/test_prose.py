"""What is prose in a notebook, and what it must not have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import prose


def notebook(folder: Path, *cells: str, name: str = "01-write-extension") -> Path:
    path = folder / f"{name}.ipynb"
    kinds = [{"cell_type": "markdown", "source": cell.splitlines(keepends=True)} for cell in cells]
    path.write_text(json.dumps({"cells": kinds}), encoding="utf-8")
    return path


def found(folder: Path, text: str) -> list[str]:
    return prose.problems(notebook(folder, text))


@pytest.mark.parametrize(
    "text",
    [
        "Run `a; b` and look.",
        "```\nsed 's/a/b/'; true\n```",
        "    indented; code",
        "[The page](https://example.org/a;b) has more.",
        "| command | result |\n|---|---|\n| `a; b` | nothing |",
        "a &nbsp; b",
        "**Time:** 9 minutes of reading, 12 of exercises; the machine works for 1.",
        "We recommend a secure channel, and it isn't for them.",
        "Choose either GCC or Clang.",
        "Fill in the blanks.",
        "One `x` that",
        "A cell, for example this one, that works.",
    ],
)
def test_what_is_no_problem(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It works; look.", "“It works; look.”: write two sentences"),
        ("# A heading; really", "“A heading; really”"),
        ("| a | b |\n|---|---|\n| c; d | e |", "“c; d”"),
        ("[a link; long](x.md)", "“a link; long”"),
        ("![a picture; of a wheel](x.png)", "“a picture; of a wheel”"),
        ("This Mends it.", "“This Mends it.”: write fix"),
        ("- *It* need\n  not run", "“It need not run”: write doesn't have to"),
        ("The build machine's, for it runs.", "“The build machine's, for it runs.”: write because"),
        ("Either processor will do. GCC or Clang.", "write both, or each"),
        ("The name stands in `info`.", "“The name stands in `…`.”"),
        ("Take those that fit.", "“Take those that fit.”: write the noun"),
    ],
)
def test_what_is_a_problem(tmp_path: Path, text: str, words: str) -> None:
    (line,) = found(tmp_path, text)
    assert words in line


def test_a_problem_has_its_cell_and_line(tmp_path: Path) -> None:
    path = notebook(tmp_path, "fine", "# A title\n\nfirst\nsecond; third\n\n> quoted\n> anew")
    assert [line.split(": “")[0] for line in prose.problems(path)] == [
        "01-write-extension.ipynb: cell 2, line 4",
        "01-write-extension.ipynb: cell 2, line 7",
    ]


def test_the_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = notebook(tmp_path, "Fine.", name="01-good-one")
    bad = notebook(tmp_path, "Not; fine.", name="02-bad-one")
    assert prose.main([str(good)]) == 0
    assert capsys.readouterr().out == ""
    assert prose.main([str(good), str(bad)]) == 1
    assert capsys.readouterr().out.startswith("02-bad-one.ipynb: cell 1, line 1: ")


def test_words_are_those_of_prose() -> None:
    text = (
        "# Two words\n\nThree words `with code`, [a link](to/nowhere.md).\n\n"
        "```\nno words\n```\n\n| no | word |\n|---|---|\n| in | tables |\n"
    )
    assert prose.words(text) == 2 + 4
