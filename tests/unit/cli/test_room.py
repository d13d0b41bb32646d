"""``crosscraft room``: what an instructor calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from crosscraft.cli import room as cli_room
from crosscraft.cli.commands import cli
from crosscraft.lessons import room_file, room_table
from crosscraft.lessons.record import Entry
from tests.support.commands import call

TRIED = Entry(
    tries=2,
    first_tried="2026-11-30T09:15",
    last_tried="2026-11-30T09:40",
    last="Not yet. It returns 7.",
    wrong=("Not yet. It returns 7.",),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "room"
    folder.mkdir()
    text = room_file.to_text("seat 7", {"own-function": TRIED})
    (folder / "seat-7-0123abcd.json").write_text(text)
    return folder


def test_it_prints_the_room(folder: Path) -> None:
    done = call("room", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "seat 7" in done.stdout and "It returns 7." in done.stdout
    assert call("room", env={"CROSSCRAFT_ROOM": str(folder)}).stdout == done.stdout


def test_it_prints_json(folder: Path) -> None:
    found = json.loads(call("room", folder, "--json").stdout)
    assert set(found) == {"rows", "mistakes", "exercises", "left_out"}
    (row,) = found["rows"]
    assert (row["learner"], row["exercise"], row["tries"]) == ("seat 7", "own-function", 2)
    assert found["mistakes"] == [
        {"exercise": "own-function", "verdict": "Not yet. It returns 7.", "learners": 1}
    ]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "set CROSSCRAFT_ROOM"),
        (("nowhere",), "cannot be read"),
        ((".", "--json", "--watch"), "exclude each other"),
    ],
)
def test_a_mistake_is_one_line(argv: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = call("room", *argv, cwd=tmp_path, env={"CROSSCRAFT_ROOM": ""})
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_it_watches_until_it_is_interrupted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []
    read = room_table.read

    def look(named: Path) -> room_table.Room:
        looks.append(named)
        if len(looks) == 4:
            raise KeyboardInterrupt
        return read(named)

    monkeypatch.setattr(room_table, "read", look)
    monkeypatch.setattr(cli_room, "_EVERY", 0.001)
    done = CliRunner().invoke(cli, ["room", str(folder), "--watch"])
    assert done.exit_code == 0
    assert done.output.count("Learners in the room: 1") == 3
