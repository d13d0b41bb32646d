"""`lesson.plant`: a project with a bug, that is never overwritten and spoils nothing."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path

import pytest

from crosscraft.building.check import catalogue
from crosscraft.errors import LessonError, StorageError
from crosscraft.lessons import lesson, workspace
from crosscraft.lessons.exercises.kinds import repair

TRAP = "plain-compiler"


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "work"))
    monkeypatch.setenv("CROSSCRAFT_LESSON", "9")
    monkeypatch.chdir(tmp_path)


def planted(name: str) -> Path:
    lesson.plant(name)
    return workspace.project() / "planted" / name


def test_a_bug_is_planted_and_the_line_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    project = planted("quiet-bug")
    assert "set(CMAKE_C_COMPILER gcc)" in (project / "CMakeLists.txt").read_text()
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "planted/quiet-bug" in said
    assert "linux-aarch64" in said
    assert 'lesson.check("quiet-bug")' in said
    assert TRAP not in said


def test_neither_a_folder_nor_a_line_spoils_a_bug(capsys: pytest.CaptureFixture[str]) -> None:
    lesson.plant(TRAP)
    (folder,) = (workspace.project() / "planted").iterdir()
    assert re.fullmatch(r"bug-[0-9a-f]{4}", folder.name)
    assert TRAP not in capsys.readouterr().out
    lesson.plant(folder.name)
    assert [folder] == list((workspace.project() / "planted").iterdir())


def test_a_project_that_is_there_stays(capsys: pytest.CaptureFixture[str]) -> None:
    project = planted("quiet-bug")
    (project / "output").mkdir()  # what a build leaves is no change
    (project / "output/a.conda").touch()
    planted("quiet-bug")
    assert "You have changed" not in capsys.readouterr().out
    (project / "CMakeLists.txt").write_text("my own\n")
    planted("quiet-bug")
    assert "You have changed planted/quiet-bug already" in capsys.readouterr().out
    assert (project / "CMakeLists.txt").read_text() == "my own\n"


def test_a_deleted_file_is_a_change_too(capsys: pytest.CaptureFixture[str]) -> None:
    project = planted("quiet-bug")
    (project / "main.c").unlink()
    planted("quiet-bug")
    assert "You have changed" in capsys.readouterr().out
    assert not (project / "main.c").exists()
    shutil.rmtree(project)
    assert (planted("quiet-bug") / "main.c").is_file()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no-such-bug", "there is no bug"),
        ("own-function", "there is no bug"),
        ("../..", "there is no bug"),
        ("old-config-sub", "can't be seen on this machine"),
        ("build-rs-asks-this-machine", "can't be seen on this machine"),
    ],
)
def test_an_unknown_or_unsuitable_name_says_how_to_list_them(name: str, says: str) -> None:
    with pytest.raises(LessonError, match=says) as caught:
        lesson.plant(name)
    assert "`lesson.plant()` lists" in caught.value.remedy
    assert not list(workspace.root().rglob("planted/*"))


def test_a_bug_whose_packages_are_missing_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair.local, "listing", lambda channel: ())
    with pytest.raises(LessonError, match="lacks: pkg-config") as caught:
        lesson.plant("pkg-config-of-the-build-machine")
    assert "crosscraft channel add pkg-config`" in caught.value.remedy


def test_the_list_has_every_bug_and_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    lesson.plant()
    said = capsys.readouterr().out
    listed = re.findall(r"^bug-[0-9a-f]{4}", said, re.M)
    here = {name for name, trap in repair.plantable().items() if not repair.needs(trap)}
    assert listed == sorted(here)
    assert not [trap.name for trap in catalogue.traps() if trap.name in said]


def test_a_lesson_has_to_begin_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CROSSCRAFT_LESSON")
    with pytest.raises(LessonError, match="no lesson has begun"):
        lesson.plant("quiet-bug")


def test_a_full_disk_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*names: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(StorageError, match="disk is full"):
        lesson.plant("quiet-bug")
    assert not list((workspace.project() / "planted").iterdir())
