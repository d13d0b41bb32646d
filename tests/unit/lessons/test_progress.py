"""What `lesson.progress()` shows, on a terminal and in a notebook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crosscraft.lessons import progress, record, room
from crosscraft.lessons.evidence.verdict import not_yet, passed
from crosscraft.paths import ROOT

pytestmark = pytest.mark.usefixtures("small_course")


@pytest.fixture(autouse=True)
def _half_done(own_workspace: Path) -> None:
    record.record("named-arguments", "…", passed("Both processors return 3."))
    record.record("second-function", "…", not_yet("`sub` is not bound. <b>Bind it</b>."))
    record.record("second-function", "…", not_yet("It's bound, and returns 7. " * 20))
    record.helped("second-function", 2)


def lines() -> list[str]:
    return repr(progress.progress()).splitlines()


def test_a_row_says_what_was_tried_passed_and_helped() -> None:
    day = record.entries()["named-arguments"].passed[:10]
    rows = [re.split(" {2,}", line) for line in lines() if line[:2].isdigit()]
    assert rows[0] == ["01", "names for the arguments", "write", "1", day]
    assert rows[1] == ["01", "one more function", "write", "2", "2 of 3"]
    assert rows[2] == ["02", "who imports which file", "write"]


def test_times_are_dates() -> None:
    assert not [line for line in lines() if "T" in line and ":" in line.partition("T")[2]]
    assert repr(progress.progress()) == repr(progress.progress())


def test_only_what_is_not_passed_has_a_verdict_and_it_is_short() -> None:
    text = "\n".join(lines())
    assert "Both processors" not in text
    assert text.count("It's bound, and returns 7.") < 8
    assert "…" in text


def test_it_fits_80_columns() -> None:
    assert max(map(len, lines())) <= 80


def test_it_says_where_to_go_on() -> None:
    text = " ".join(" ".join(lines()).split())
    assert "1 of 4 passed. Go on with lesson 01, one more function (second-function)." in text


def test_it_says_that_all_are_passed() -> None:
    for name in ("second-function", "who-imports", "own-function"):
        record.record(name, "…", passed("So it is."))
    assert "4 of 4 passed. There is nothing left to do." in repr(progress.progress())


def test_it_names_the_file(monkeypatch: pytest.MonkeyPatch, own_workspace: Path) -> None:
    assert str(own_workspace / "progress.json") in "".join(lines())
    monkeypatch.setenv("HOME", str(own_workspace.parent))
    assert "~/workspace/progress.json" in repr(progress.progress())
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(ROOT / "workspace-of-a-test"))
    assert "the file workspace-of-a-test/progress.json" in repr(progress.progress())


def test_it_says_who_else_sees_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own_workspace: Path
) -> None:
    assert "room" not in repr(progress.progress())
    monkeypatch.setenv(room.VARIABLE, str(tmp_path))
    room.join("seat 7")
    assert "you are seat 7" in " ".join(repr(progress.progress()).split())


def test_a_notebook_gets_a_table() -> None:
    record.record("second-function", "…", not_yet("`sub` is not bound. <b>Bind it</b>."))
    html = progress.progress()._repr_html_()
    assert "<table" in html
    assert "&lt;b&gt;Bind it" in html
