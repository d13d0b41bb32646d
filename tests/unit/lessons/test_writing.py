"""`%%writefile` in a lesson, and the files that the learner has edited elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.lessons import workspace
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.writing import Guard


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path))
    (workspace.project() / "src").mkdir(parents=True)
    monkeypatch.chdir(workspace.project())


@pytest.fixture(name="write")
def _write() -> Guard:
    return Guard(lambda line, cell: (Path(line).write_text(cell), None)[1])


def backups() -> list[str]:
    return [path.read_text() for path in (workspace.root() / "backups").rglob("*.cpp")]


def test_a_file_that_was_edited_elsewhere_is_kept(
    write: Guard, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("src/math.cpp").write_text("// mine\n")
    write("./src/math.cpp", "// the cell's\n")
    assert Path("src/math.cpp").read_text() == "// the cell's\n"
    assert backups() == ["// mine\n"]
    said = "Your earlier src/math.cpp is in the workspace's folder backups.\n"
    assert capsys.readouterr().out == said


def test_a_cell_that_is_edited_and_run_again_needs_no_backup(write: Guard) -> None:
    for text in ("// one\n", "// two\n", "// two\n"):
        write("src/math.cpp", text)
    assert not backups()
    Path("src/math.cpp").write_text("// three, in an editor\n")
    write("src/math.cpp", "// two\n")
    assert backups() == ["// three, in an editor\n"]


@pytest.mark.parametrize("given", ["given", "solution"])
def test_what_a_lesson_gives_needs_no_backup(write: Guard, given: str) -> None:
    Path("src/math.cpp").write_text(getattr(judge.find("named-arguments"), given))
    write("src/math.cpp", "// the cell's\n")
    assert not backups()


def test_a_file_outside_of_the_project_is_left_to_ipython(write: Guard, tmp_path: Path) -> None:
    other = tmp_path / "other.cpp"
    other.write_text("// mine\n")
    write(str(other), "// the cell's\n")
    assert other.read_text() == "// the cell's\n"
    assert not backups()


def test_a_copy_of_a_file_of_the_project_needs_no_backup(write: Guard) -> None:
    for name in ("src/math.cpp", "copy.cpp"):
        Path(name).write_text("// mine\n")
    write("copy.cpp", "// the cell's\n")
    assert not backups()
    write("src/math.cpp", "// the cell's\n")
    assert backups() == ["// mine\n"], "a file is not a copy of itself"
