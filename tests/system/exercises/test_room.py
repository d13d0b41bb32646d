"""A check in a notebook, seen by the instructor."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.lessons import lesson, room_table, workspace
from tests.support.commands import call


@pytest.mark.builds
def test_a_check_and_its_help_are_seen_in_the_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "room"
    folder.mkdir(mode=0o733)
    monkeypatch.setenv("CROSSCRAFT_ROOM", str(folder))
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "workspace"))
    source = workspace.project() / "checksums/src/checksums.cpp"
    source.parent.mkdir(parents=True)
    source.write_text("#error this is a private word\n")
    lesson.join("seat 7")
    lesson.check("own-function")
    lesson.hint("own-function")
    assert "Not yet." in capsys.readouterr().out
    (row,) = room_table.read(folder).rows
    assert (row.learner, row.exercise) == ("seat 7", "own-function")
    assert (row.tries, row.helped, row.minutes) == (1, 1, 0)
    assert row.verdict.startswith("Not yet.")
    assert "private" not in call("room", folder, "--json").stdout

    folder.rename(tmp_path / "away")
    lesson.check("own-function")
    assert "The room could not get a copy of your record" in capsys.readouterr().out
    lesson.check("own-function")
    assert "room" not in capsys.readouterr().out
    assert "2 of 3" not in repr(lesson.progress())
