"""A learner joins a room, shares the record, and leaves."""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
import threading
from pathlib import Path

import pytest

from crosscraft.errors import LessonError
from crosscraft.lessons import record, room
from crosscraft.lessons.evidence.verdict import not_yet

pytestmark = pytest.mark.usefixtures("own_workspace", "small_course")


@pytest.fixture
def folder(tmp_path: Path, own_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The room's folder, which the instructor has named. A learner may not list it."""
    shared = tmp_path / "room"
    shared.mkdir()
    shared.chmod(0o1733)
    monkeypatch.setenv(room.VARIABLE, str(shared))
    return shared


def check() -> None:
    record.record("own-function", "an answer", not_yet("No."))
    room.share()


def tries(folder: Path) -> int:
    (file,) = folder.iterdir()
    stored = json.loads(file.read_text())
    return int(stored["exercises"].get("own-function", {}).get("tries", 0))


def test_nothing_is_shared_before_the_learner_joins(folder: Path) -> None:
    check()
    assert list(folder.iterdir()) == []


def test_nothing_is_shared_without_the_instructor(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.join("seat 7")
    monkeypatch.delenv(room.VARIABLE)
    check()
    assert tries(folder) == 0
    with pytest.raises(LessonError, match="CROSSCRAFT_ROOM isn't set"):
        room.join("seat 8")


def test_another_room_needs_another_yes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.join("seat 7")
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv(room.VARIABLE, str(other))
    check()
    assert list(other.iterdir()) == []
    room.join("seat 7")
    assert tries(other) == 1
    assert list(folder.iterdir()) == []


def test_each_check_is_shared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room.join("seat 7")
    said = capsys.readouterr().out
    (file,) = folder.iterdir()
    assert file.name.startswith("seat-7-")
    assert file.name in said and "lesson.leave()" in said
    assert file.stat().st_mode & 0o777 == 0o644
    check()
    check()
    assert tries(folder) == 2
    assert capsys.readouterr().out == ""


def test_who_leaves_is_gone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room.join("seat 7")
    room.leave()
    check()
    assert list(folder.iterdir()) == []
    assert "removed" in capsys.readouterr().out
    room.leave()
    assert "You aren't in a room" in capsys.readouterr().out


def test_a_copy_that_comes_late_does_not_bring_back_who_has_left(folder: Path) -> None:
    room.join("seat 7")
    found = room.joined()
    assert found is not None
    room.leave()
    assert room._copied(found) == ""
    assert list(folder.iterdir()) == []


def test_two_learners_of_one_name(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / name))
        room.join("seat 7")
    assert len(list(folder.iterdir())) == 2


def test_another_name_replaces_the_first(folder: Path) -> None:
    room.join("seat 7")
    (first,) = folder.iterdir()
    room.join("  seat 7 ")
    assert list(folder.iterdir()) == [first]
    room.join("../../Süd 8")
    (second,) = folder.iterdir()
    assert second.name.startswith("s-d-8-")
    assert json.loads(second.read_text())["learner"] == "../../Süd 8"


@pytest.mark.parametrize("name", ["", "  ", "a" * 41, "a\x1b[2J", "me@example.org", 7, None])
def test_what_is_no_name(folder: Path, name: object) -> None:
    with pytest.raises(LessonError, match="can't be a name"):
        room.join(name)  # type: ignore[arg-type]
    assert list(folder.iterdir()) == []


def test_a_room_has_an_absolute_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lesson has another working directory."""
    monkeypatch.setenv(room.VARIABLE, "room")
    with pytest.raises(LessonError, match="CROSSCRAFT_ROOM"):
        room.join("seat 7")


def test_a_room_that_is_not_there_cannot_be_joined(folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(LessonError, match="You haven't joined"):
        room.join("seat 7")
    assert room.joined() is None


def test_a_missing_folder_gets_one_line_until_it_is_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room.join("seat 7")
    away = folder.rename(folder.with_name("away"))
    capsys.readouterr()
    check()
    assert capsys.readouterr().out.count("\n") == 1
    check()
    assert capsys.readouterr().out == ""
    away.rename(folder)
    check()
    assert tries(folder) == 3
    folder.rename(away)
    check()
    assert "The room could not get a copy" in capsys.readouterr().out


def test_a_full_disk_leaves_the_last_copy_and_no_more(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room.join("seat 7")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    record.record("own-function", "an answer", not_yet("No."))
    monkeypatch.setattr(os, "fchmod", full)
    room.share()
    assert "the disk is full" in capsys.readouterr().out
    assert tries(folder) == 0


def test_a_folder_that_does_not_answer_holds_nobody_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room.join("seat 7")
    capsys.readouterr()
    answers = threading.Event()
    monkeypatch.setattr(room, "_PATIENCE", 0.05)
    monkeypatch.setattr(room, "_write", lambda found, text: answers.wait(60))
    check()
    assert "it doesn't answer" in capsys.readouterr().out
    check()
    assert capsys.readouterr().out == ""
    answers.set()


@pytest.mark.parametrize(
    "text", ["", "7", "[]", '{"name": "a"}', '{"name": 1, "folder": 2, "file": 3}']
)
def test_a_damaged_note_of_the_room_means_no_room(
    folder: Path, own_workspace: Path, text: str
) -> None:
    room.join("seat 7")
    (own_workspace / "room.json").write_text(text)
    check()
    assert tries(folder) == 0


def test_a_note_names_no_file_outside_the_room(folder: Path, own_workspace: Path) -> None:
    note = {"name": "a", "folder": str(folder), "file": "../workspace/progress.json"}
    record.record("own-function", "an answer", not_yet("No."))
    (own_workspace / "room.json").write_text(json.dumps(note))
    room.leave()
    assert record.path().exists()


def _as_another_user(number: int, base: str) -> None:
    os.setgroups([])
    os.setgid(number)
    os.setuid(number)
    os.environ |= {"HOME": base, "CROSSCRAFT_CACHE": f"{base}/cache"}
    os.environ |= {"CROSSCRAFT_WORKSPACE": f"{base}/workspace"}
    room.join("seat 7")
    check()
    with pytest.raises(PermissionError):
        list(Path(os.environ[room.VARIABLE]).iterdir())
    with pytest.raises(PermissionError):
        (Path(os.environ[room.VARIABLE]) / "of-another.json").unlink()
    room.join("seat 8")
    check()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_the_folder_of_the_page_is_enough_and_protects_the_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory(prefix="crosscraft-room-") as base:
        shared, own = Path(base) / "room", Path(base) / "own"
        Path(base).chmod(0o755)
        own.mkdir()
        os.chown(own, 23456, 23456)
        shared.mkdir()
        shared.chmod(0o1733)
        (shared / "of-another.json").touch()
        monkeypatch.setenv(room.VARIABLE, str(shared))
        learner = multiprocessing.get_context("fork").Process(
            target=_as_another_user, args=(23456, str(own))
        )
        learner.start()
        learner.join()
        assert learner.exitcode == 0
        files = sorted(path.name.rpartition("-")[0] for path in shared.iterdir())
        assert files == ["of", "seat-8"]
