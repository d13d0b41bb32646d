"""The project folder: filling it, catching up, resetting, and never losing a learner's file."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscraft.errors import LessonError, StorageError
from crosscraft.lessons import workspace
from crosscraft.paths import ROOT
from crosscraft.system import locks

KEY = ROOT / "cpp_math"
RECIPE = "recipe/recipe.yaml"


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
        (4, {file.path for file in workspace.FILES} - {"CMakeLists.txt"}),
        (5, {file.path for file in workspace.FILES}),
        (6, {file.path for file in workspace.FILES}),
    ],
)
def test_fill_adds_what_earlier_lessons_leave(lesson: int, expected: set[str]) -> None:
    assert set(workspace.fill(lesson)) == expected
    assert files() == expected
    for name in expected:
        if lesson > 5 or name != RECIPE:
            assert (workspace.project() / name).read_bytes() == (KEY / name).read_bytes()
    assert workspace.fill(lesson) == []


def test_the_recipe_is_as_it_was_given_until_its_lesson_changes_it() -> None:
    own = workspace.project() / RECIPE
    key = (KEY / RECIPE).read_text()
    workspace.fill(5)
    given = own.read_text()
    assert 'skip: host_platform != "linux-64"\n' in given
    assert "noarch: python\n      skip" in given
    assert workspace.differing(5) == []
    assert workspace.catch_up(5) == []
    assert workspace.fill(6) == [RECIPE]
    assert own.read_text() == key
    assert workspace.differing(5) == []
    assert workspace.fill(5) == workspace.catch_up(5) == []


def test_a_recipe_of_the_learners_own_stays_when_its_lesson_is_over() -> None:
    workspace.fill(5)
    own = workspace.project() / RECIPE
    own.write_text(f"{own.read_text()}# mine\n")
    assert workspace.fill(6) == []
    assert own.read_text().endswith("# mine\n")
    assert [file.path for file in workspace.differing(6)] == [RECIPE]


@pytest.mark.parametrize("lesson", [-1, 11, 99])
def test_fill_names_the_lessons_there_are(lesson: int) -> None:
    with pytest.raises(LessonError, match=f"no lesson {lesson}.*0 to 10"):
        workspace.fill(lesson)
    assert files() == set()


def test_fill_leaves_the_learners_own_files_alone() -> None:
    own = workspace.project() / "src" / "math.cpp"
    own.parent.mkdir(parents=True)
    own.write_text("// mine\n")
    workspace.fill(8)
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
    workspace.fill(2)
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
    assert sorted(path.name for path in backup.iterdir()) == ["link", "src"]
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


def test_the_workspace_is_in_the_clone_unless_the_user_names_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert workspace.root() == tmp_path
    assert workspace.project() == tmp_path / "project"
    for unset in ("", None):
        if unset is None:
            monkeypatch.delenv("CROSSCRAFT_WORKSPACE")
        else:
            monkeypatch.setenv("CROSSCRAFT_WORKSPACE", unset)
        assert workspace.root() == ROOT / "workspace"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", "mine")
    assert workspace.root() == tmp_path / "mine"


@pytest.mark.parametrize("work", [workspace.fill, workspace.catch_up])
@pytest.mark.parametrize("name", [".", "project"])
def test_a_folder_that_others_can_change_is_not_used(
    work: Callable[[int], list[str]], name: str
) -> None:
    workspace.project().mkdir()
    (workspace.root() / name).chmod(0o777)
    with pytest.raises(StorageError, match=r"the workspace.*\bCROSSCRAFT_WORKSPACE\b") as caught:
        work(5)
    assert str((workspace.root() / name).resolve()) in str(caught.value)
    assert files() == set()


def test_a_full_disk_is_told_before_anything_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.fill(5)
    given = []

    def check(folder: Path, what: str) -> None:
        given.append((folder, what))
        raise StorageError("the disk is full", remedy="Free some space.")

    monkeypatch.setattr(workspace.files, "check_writable", check)
    (workspace.project() / "CMakeLists.txt").write_text("# mine\n")
    with pytest.raises(StorageError):
        workspace.catch_up(5)
    assert given == [(workspace.project(), "the project folder")]
    assert (workspace.project() / "CMakeLists.txt").read_text() == "# mine\n"
    assert not (workspace.root() / "backups").exists()


def test_each_change_has_the_lock_of_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[object] = []

    @contextmanager
    def lock(subject: str, on_wait: object) -> Iterator[int]:
        steps.append((subject, on_wait))
        yield 0
        steps.append(files())

    monkeypatch.setattr(locks, "lock", lock)
    taken = (str(workspace.root()), print)
    workspace.fill(2)
    workspace.catch_up(5)
    workspace.reset()
    every = {file.path for file in workspace.FILES}
    assert steps == [taken, {"src/math.cpp"}, taken, every, taken, set()]


def test_catch_up_tells_what_was_missing_and_then_what_differed() -> None:
    workspace.fill(5)
    (workspace.project() / "src/math.cpp").write_text("// mine\n")
    (workspace.project() / "recipe/recipe.yaml").unlink()
    (workspace.project() / "recipe/recipe.yaml").mkdir()
    (workspace.project() / "recipe/recipe.yaml/notes").write_text("in a folder of that name")
    (workspace.project() / "pixi.toml").unlink()
    assert workspace.catch_up(5) == ["pixi.toml", "src/math.cpp", "recipe/recipe.yaml"]
    assert workspace.catch_up(5) == []
    (backup,) = (workspace.root() / "backups").iterdir()
    assert (backup / "recipe/recipe.yaml/notes").read_text() == "in a folder of that name"
    assert (backup / "src/math.cpp").read_text() == "// mine\n"
    assert not (backup / "pixi.toml").exists()


def test_backups_of_one_second_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    second = time.localtime(1_700_000_000)
    stamp = time.strftime("%Y-%m-%d-%H%M%S", second)
    format_ = time.strftime
    monkeypatch.setattr(workspace.time, "strftime", lambda text: format_(text, second))
    for name in (stamp, f"{stamp}-1", f"{stamp}-2"):
        workspace.fill(2)
        assert workspace.reset() == workspace.root() / "backups" / name
    for number in range(3, 999):
        (workspace.root() / "backups" / f"{stamp}-{number}").mkdir()
    workspace.fill(2)
    assert workspace.reset() == workspace.root() / "backups" / f"{stamp}-999"
    workspace.fill(2)
    with pytest.raises(LessonError, match="no backup folder") as caught:
        workspace.reset()
    assert caught.value.looked == str(workspace.root() / "backups")
    assert files() == {"src/math.cpp"}


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.EACCES, StorageError), (errno.ENOSPC, StorageError), (errno.EINVAL, OSError)],
)
def test_what_cannot_be_moved_stays(
    monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    workspace.fill(2)

    def rename(source: Path, target: Path) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(error) as caught:
        workspace.reset()
    assert type(caught.value) is error
    assert error is OSError or str(workspace.project() / "src") in str(caught.value)
    assert files() == {"src/math.cpp"}


def test_a_copy_from_another_disk_is_whole_and_safe_before_its_source_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Times and modes too. A link to a folder is moved as a link."""
    project, elsewhere = workspace.project(), tmp_path / "elsewhere"
    (project / "a/b").mkdir(parents=True)
    (project / "a/b/run").write_text("run")
    (project / "a/l").symlink_to("b")
    (project / "script").write_text("script")
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    (project / "folder").symlink_to(elsewhere)
    for path in (project / "a/b/run", project / "script"):
        path.chmod(0o755)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    steps: list[str] = []
    real = os.rename

    def rename(source: Path, target: Path) -> None:
        if Path(source).is_relative_to(project):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        assert Path(source).parent.parent == Path(target).parent, "on the same disk"
        assert Path(source).parent.name.startswith(".moving-")
        steps.append(f"rename {target.name}")
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)
    monkeypatch.setattr(os, "sync", lambda: steps.append("sync"))
    backup = workspace.reset()
    assert backup is not None
    assert steps == ["sync", "rename a", "sync", "rename folder", "sync", "rename script"]
    assert sorted(path.name for path in backup.iterdir()) == ["a", "folder", "script"]
    assert (backup / "folder").readlink() == elsewhere
    assert (backup / "a/l").readlink() == Path("b")
    for path in (backup / "a/b/run", backup / "script"):
        assert path.stat().st_mode & 0o777 == 0o755
        assert path.stat().st_mtime == 1_600_000_000
    assert (elsewhere / "kept").read_text() == "kept"
    assert list(project.iterdir()) == []
