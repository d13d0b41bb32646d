"""The project folder: filling it, catching up, resetting, and never losing a learner's file."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crosscraft.errors import LessonError
from crosscraft.lessons import workspace
from crosscraft.paths import ROOT

KEY = ROOT / "cpp_math"


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path))


def files() -> set[str]:
    folder = workspace.project()
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("lesson", "expected"),
    [
        (0, set()),
        (1, set()),
        (2, {"src/math.cpp"}),
        (4, {"src/math.cpp", "CMakeLists.txt"}),
        (5, {"src/math.cpp", "CMakeLists.txt", "pixi.toml", "recipe/recipe.yaml"}),
    ],
)
def test_fill_adds_what_earlier_lessons_leave(lesson: int, expected: set[str]) -> None:
    assert set(workspace.fill(lesson)) == expected
    assert files() == expected
    for name in expected:
        assert (workspace.project() / name).read_bytes() == (KEY / name).read_bytes()
    assert workspace.fill(lesson) == []


@pytest.mark.parametrize("lesson", [-1, 10, 99])
def test_fill_names_the_lessons_there_are(lesson: int) -> None:
    with pytest.raises(LessonError, match=f"no lesson {lesson}.*0 to 9"):
        workspace.fill(lesson)
    assert files() == set()


def test_fill_leaves_the_learners_own_files_alone() -> None:
    own = workspace.project() / "src" / "math.cpp"
    own.parent.mkdir(parents=True)
    own.write_text("// mine\n")
    workspace.fill(9)
    assert own.read_text() == "// mine\n"


def test_catch_up_replaces_what_differs_and_keeps_the_learners_own() -> None:
    workspace.fill(5)
    own = workspace.project() / "CMakeLists.txt"
    own.write_text("# mine\n")
    (workspace.project() / "notes.txt").write_text("keep me\n")
    assert workspace.catch_up(5) == ["CMakeLists.txt"]
    assert own.read_bytes() == (KEY / "CMakeLists.txt").read_bytes()
    assert (workspace.project() / "notes.txt").read_text() == "keep me\n"
    (backup,) = (workspace.root() / "backups").iterdir()
    assert (backup / "CMakeLists.txt").read_text() == "# mine\n"
    assert workspace.catch_up(5) == []


def test_catch_up_leaves_files_of_later_lessons_alone() -> None:
    workspace.fill(3)
    (workspace.project() / "CMakeLists.txt").write_text("# being written\n")
    assert workspace.catch_up(3) == []
    assert (workspace.project() / "CMakeLists.txt").read_text() == "# being written\n"


def test_reset_moves_everything_into_a_backup_of_its_own() -> None:
    assert workspace.reset() is None
    for text in ("first", "second"):
        workspace.fill(2)
        (workspace.project() / "src" / "math.cpp").write_text(text)
        backup = workspace.reset()
        assert backup is not None
        assert (backup / "src" / "math.cpp").read_text() == text
        assert files() == set()
    assert len(list((workspace.root() / "backups").iterdir())) == 2


def test_a_project_on_another_disk_is_moved_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """rename(2) refuses to go from one file system to another; then the backup is a copy."""
    workspace.fill(4)
    (workspace.project() / "src" / "math.cpp").write_text("// mine\n")
    (workspace.project() / "link").symlink_to("src/math.cpp")
    real = os.rename

    def rename(source: Path, target: Path) -> None:
        if Path(source).is_relative_to(workspace.project()):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        assert (workspace.project() / Path(source).name).exists(), "gone before it is whole"
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)
    backup = workspace.reset()
    assert backup is not None
    assert (backup / "src" / "math.cpp").read_text() == "// mine\n"
    assert (backup / "link").readlink() == Path("src/math.cpp")
    assert sorted(path.name for path in backup.iterdir()) == ["CMakeLists.txt", "link", "src"]
    assert list(workspace.project().iterdir()) == []


def test_a_name_of_other_bytes_is_moved_and_stays_where_it_is() -> None:
    """A shell that runs machine code leaves such files."""
    name = os.fsdecode(b"2\x12\xd7\x16n\x04")
    workspace.fill(4)
    (workspace.project() / name).write_text("x")
    (workspace.project() / "src" / name).mkdir()
    (workspace.project() / "src" / "math.cpp").write_text("// mine\n")
    assert workspace.catch_up(4) == ["src/math.cpp"]
    assert (workspace.project() / name).exists()
    backup = workspace.reset()
    assert backup
    assert (backup / name).read_text() == "x"
    assert (backup / "src" / name).is_dir()
    assert not list(workspace.project().iterdir())


def test_eight_at_once_lose_nothing() -> None:
    workspace.fill(5)
    (workspace.project() / "CMakeLists.txt").write_text("# mine\n")
    with ThreadPoolExecutor(8) as pool:
        written = [job.result() for job in [pool.submit(workspace.catch_up, 5) for _ in range(8)]]
    assert sorted(written) == [[]] * 7 + [["CMakeLists.txt"]]
    (kept,) = (workspace.root() / "backups").rglob("CMakeLists.txt")
    assert kept.read_text() == "# mine\n"
