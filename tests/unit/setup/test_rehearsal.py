"""A room tried beforehand: what is rejected before it begins, and how it is counted."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from crosscraft.errors import StorageError
from crosscraft.setup import rehearsal
from crosscraft.setup.room_limits import Machine
from crosscraft.system import machine
from crosscraft.system.console import Console
from tests.support.commands import Call

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (Machine(GB, 99 * GB, 9999), ("2.0 GB of memory", "1.0 GB are free", "Try 5 or fewer")),
        (Machine(99 * GB, GB, 9999), ("6.0 GB of disk", "1.0 GB are free", "Try 1 or fewer")),
    ],
)
def test_a_room_that_cannot_fit_is_rejected_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, there: Machine, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(rehearsal, "_machine", lambda: there)
    before = set(machine.descendants(os.getpid()))
    with pytest.raises(StorageError) as raised:
        rehearsal.run(10, Console(io.StringIO()))
    assert all(word in str(raised.value) for word in words)
    assert set(machine.descendants(os.getpid())) == before


def test_what_there_is_comes_from_this_machine() -> None:
    there = rehearsal._machine()
    assert 0 < there.memory <= machine.memory()
    assert there.disk > 0
    assert 0 < there.tasks <= machine.most_tasks()


def test_the_cells_are_those_of_lesson_00_up_to_its_build() -> None:
    cells = rehearsal._cells()
    assert "lesson.begin(0)" in cells[0]
    assert ["crosscraft build " in cell for cell in cells].index(True) == len(cells) - 1
    assert any("crosscraft run " in cell for cell in cells[:-1])


def test_a_learner_has_their_own_folders_and_no_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CROSSCRAFT_ROOM", "/srv/room")
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    given = rehearsal._environment(tmp_path)
    assert given["CROSSCRAFT_WORKSPACE"] == str(tmp_path / "workspace")
    assert given["CROSSCRAFT_CACHE"] == str(tmp_path / "cache")
    assert not {"CROSSCRAFT_ROOM", "JPY_SESSION_NAME"} & given.keys()
    assert given["PATH"] == os.environ["PATH"]


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes([1]) * 100_000)
    one = rehearsal._size(tmp_path)
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    assert 100_000 <= one == rehearsal._size(tmp_path) < 200_000


@pytest.mark.parametrize("number", ["0", "201", "many"])
def test_the_number_is_bounded(crosscraft: Call, number: str) -> None:
    done = crosscraft("doctor", "--seats", number)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert number in done.stderr
