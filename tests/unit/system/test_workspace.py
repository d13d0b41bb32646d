"""The workspace of an earlier version is taken over, and paths are those of the file browser."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from crosscraft.errors import StorageError
from crosscraft.paths import ROOT
from crosscraft.system import workspace


@pytest.fixture(autouse=True)
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project folder of an earlier version, with a build of CMake."""
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv(workspace.SERVED, str(tmp_path))
    folder = tmp_path / "workspace" / "cpp_math"
    (folder / "build/native").mkdir(parents=True)
    (folder / "build/native/CMakeCache.txt").touch()
    (folder / "build/native/build.ninja").touch()
    (folder / "CMakeLists.txt").write_text("# mine\n")
    return folder


def test_the_earlier_project_is_renamed_without_the_caches_of_its_place(
    earlier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.take_over()
    project = workspace.project()
    assert not earlier.exists()
    assert (project / "CMakeLists.txt").read_text() == "# mine\n"
    assert [path.name for path in (project / "build/native").iterdir()] == ["build.ninja"]
    assert capsys.readouterr().out == (
        "Your project folder workspace/cpp_math is now called workspace/project.\n"
    )
    workspace.take_over()
    assert capsys.readouterr().out == ""


def test_an_empty_new_folder_is_no_obstacle(earlier: Path) -> None:
    workspace.project().mkdir()
    workspace.take_over()
    assert not earlier.exists()
    assert (workspace.project() / "CMakeLists.txt").exists()


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_if_both_exist_both_stay(
    earlier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    project = workspace.project()
    if kind == "folder":
        (project / "src").mkdir(parents=True)
    elif kind == "file":
        project.touch()
    else:
        project.symlink_to(tmp_path)
    workspace.take_over()
    assert (earlier / "build/native/CMakeCache.txt").exists()
    assert project.is_symlink() or project.is_file() or (project / "src").exists()
    said = capsys.readouterr().out
    assert "still in workspace/cpp_math" in said
    assert said.count("\n") == 1


def test_a_link_to_another_disk_is_renamed_as_a_link(earlier: Path, tmp_path: Path) -> None:
    earlier.rename(tmp_path / "elsewhere")
    earlier.symlink_to("../elsewhere")
    workspace.take_over()
    assert workspace.project().is_symlink()
    assert (workspace.project() / "CMakeLists.txt").read_text() == "# mine\n"


def test_the_answer_key_is_never_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(ROOT))
    monkeypatch.setattr(os, "rename", lambda *_: pytest.fail("it was renamed"))
    workspace.take_over()


def test_a_folder_that_cannot_be_renamed_is_one_line(
    earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(StorageError, match="read-only") as caught:
        workspace.take_over()
    assert str(earlier) in str(caught.value)
    assert (earlier / "CMakeLists.txt").exists()


def test_a_path_is_shown_as_the_file_browser_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workspace.shown(workspace.project()) == "workspace/project"
    assert workspace.shown(Path("/elsewhere/a")) == "/elsewhere/a"
    monkeypatch.setenv(workspace.SERVED, "")  # nobody knows what it shows
    assert workspace.shown(workspace.project()) == str(tmp_path / "workspace/project")
    monkeypatch.delenv(workspace.SERVED)
    assert workspace.shown(ROOT / "workspace/project") == "workspace/project"
