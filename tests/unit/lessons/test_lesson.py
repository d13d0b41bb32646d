"""What a notebook calls, as a kernel sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from crosscraft.building.engines import available
from crosscraft.errors import CommandError, EngineError, LessonError
from crosscraft.jupyter.first_cell import not_begun
from crosscraft.jupyter.kernels import AsyncSocketManager
from crosscraft.lessons import lesson, workspace
from crosscraft.lessons.exercises import judge
from crosscraft.paths import ROOT
from crosscraft.platforms import native
from crosscraft.system.progress import KERNEL_VARIABLE
from crosscraft.system.workspace import SERVED
from tests.support import stand_in


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "work"))
    monkeypatch.chdir(tmp_path)
    # What begin() changes is put back after the test.
    for name in ("PATH", "NO_COLOR", "CROSSCRAFT_LESSON", "FORCE_COLOR", "CLICOLOR"):
        monkeypatch.setenv(name, os.environ.get(name, ""))


def run_cells(*sources: str) -> list[Any]:
    """Run cells in a real kernel, and return the outputs of each."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    NotebookClient(
        notebook, kernel_manager_class=AsyncSocketManager, kernel_name="python3", allow_errors=True
    ).execute()
    return [cell.outputs for cell in notebook.cells]


def replace_crosscraft(folder: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Put a program of these lines in the place of `crosscraft`."""
    program = folder / "crosscraft"
    program.write_text("\n".join([f"#!{sys.executable}", "import sys", *lines, ""]))
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))


def test_begin_makes_the_project_the_working_directory(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVED, str(tmp_path))
    project = lesson.begin(2)
    assert Path.cwd() == workspace.project().resolve()
    assert [str(p) for p in project.rglob("*.*")] == ["src/math.cpp"]
    assert capsys.readouterr().out == (
        "Lesson 2 begins in the folder work/project.\nAdded from earlier lessons: src/math.cpp.\n"
    )


def test_begin_takes_over_a_workspace_of_an_earlier_version(
    capsys: pytest.CaptureFixture[str],
) -> None:
    earlier = workspace.root() / "cpp_math"
    earlier.mkdir(parents=True)
    (earlier / "notes.txt").write_text("mine\n")
    lesson.begin(2)
    assert Path("notes.txt").read_text() == "mine\n"
    assert not earlier.exists()
    assert "is now called" in capsys.readouterr().out


def test_begin_puts_the_projects_own_commands_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    lesson.begin(1)
    assert os.environ["PATH"].split(":")[0] == str(Path(sys.executable).parent)
    done = subprocess.run(["crosscraft", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("crosscraft")


def test_begin_asks_tools_for_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    lesson.begin(1)
    assert os.environ["NO_COLOR"] == "1"
    assert "FORCE_COLOR" not in os.environ


def test_begin_takes_an_engine_for_the_builds_of_the_notebook(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv(available.VARIABLE, "")
    stand_in.install(tmp_path / "bin", "pixi", "0.77.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    lesson.begin(1, engine="pixi")
    assert "`crosscraft build` uses pixi 0.77.0 in this notebook.\n" in capsys.readouterr().out
    assert os.environ[available.VARIABLE] == "pixi"
    lesson.begin(1)
    assert os.environ[available.VARIABLE] == "pixi"


@pytest.mark.parametrize(
    ("engine", "line"),
    [
        (
            "pixi",
            "there is no program 'pixi' on this machine (looked in PATH). Install it, or leave out "
            "`engine='pixi'`, and run the cell again.",
        ),
        (
            "conda-build",
            "there is no engine 'conda-build'. Known engines: py-rattler-build, rattler-build, "
            "pixi.",
        ),
    ],
)
def test_an_engine_that_is_not_there_is_one_line(
    engine: str, line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(available.VARIABLE, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError) as raised:
        lesson.begin(1, engine=engine)
    assert raised.value._render_traceback_() == [f"EngineError: {line}"]
    assert os.environ[available.VARIABLE] == ""
    assert not workspace.project().exists()


@pytest.mark.parametrize("call", [lesson.catch_up, lesson.reset])
def test_nothing_can_be_undone_before_a_lesson_begins(call: Any) -> None:
    with pytest.raises(LessonError, match=r"no lesson has begun.*Run the first cell"):
        call()


def test_catch_up_and_reset_say_what_they_did(capsys: pytest.CaptureFixture[str]) -> None:
    lesson.begin(4)
    Path("src/math.cpp").write_text("// mine\n")
    lesson.catch_up()
    assert "Replaced: src/math.cpp." in capsys.readouterr().out
    lesson.catch_up()
    assert "Nothing to catch up on" in capsys.readouterr().out
    Path("notes.txt").write_text("mine\n")
    lesson.reset()
    assert "backups" in capsys.readouterr().out
    assert not Path("notes.txt").exists()
    assert Path("src/math.cpp").exists()


def test_an_expected_failure_is_one_line_in_a_notebook() -> None:
    begin, wrong = run_cells(
        "from crosscraft import lesson\nproject = lesson.begin(0)", "lesson.begin(99)"
    )
    assert begin[0].name == "stdout"
    (error,) = wrong
    assert error.output_type == "error"
    assert error.traceback == ["LessonError: there is no lesson 99. The lessons are 0 to 10."]


def test_a_cell_that_writes_before_the_lesson_begins_fails_and_leaves_nothing() -> None:
    (outputs,) = run_cells("%%writefile {project}/CMakeLists.txt\nproject(lost)")
    (error,) = outputs
    assert error.output_type == "error"
    assert error.traceback == [f"LessonError: {not_begun()}"]
    assert not list(Path().rglob("CMakeLists.txt"))


def test_a_cell_that_writes_over_an_edited_file_keeps_it() -> None:
    write = "%%writefile {project}/notes.txt\nof the cell"
    edit = "(project / 'notes.txt').write_text('mine')"
    begin = "from crosscraft import lesson\nproject = lesson.begin(0)"
    *_, again = run_cells(begin, begin, write, edit, write)
    assert "".join(one.get("text", "") for one in again) == (
        "Your earlier notes.txt is in the workspace's folder backups.\nWriting ./notes.txt\n"
    )


def test_the_cells_of_a_notebook_whose_first_cell_has_not_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As nbclient runs it, where it stands. The first cell then makes all of them work."""
    monkeypatch.chdir(ROOT / "notebooks")
    before = sorted(Path().iterdir())
    cells = ("%%bash\nmkdir -p src hand", "elf.soabi('a.so')", "project / 'src'")
    first = "from crosscraft import elf, lesson\n\nproject = lesson.begin(1)"
    outputs = run_cells(*cells, first, *cells)
    for (error,) in outputs[:3]:
        assert error.traceback == [f"LessonError: {not_begun()}"]
    assert sorted(Path().iterdir()) == before
    assert not [one for group in outputs[3:] for one in group if one.output_type == "error"]
    assert (workspace.project() / "hand").is_dir()


def test_a_build_that_fails_is_shown_as_it_comes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    replace_crosscraft(
        tmp_path,
        monkeypatch,
        "from crosscraft.system.console import Console",
        "with Console() as console:",
        "    console.step('packing ä')",
        "    console.progress(1, 2)",
        "sys.exit(3)",
    )
    monkeypatch.setenv(KERNEL_VARIABLE, str(os.getpid()))
    with pytest.raises(CommandError, match="exit status 3"):
        lesson._build(native(), Path("output"))
    assert capsys.readouterr().out.startswith("packing ä\n    1 of 2\r")


def test_lesson_0_is_silent_about_a_machine_that_has_everything(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    replace_crosscraft(tmp_path, monkeypatch, "print('ok  Python', sys.argv[1:])")
    lesson.begin(0)
    assert capsys.readouterr().out == f"Lesson 0 begins in the folder {workspace.project()}.\n"


def test_lesson_0_says_what_this_machine_lacks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    replace_crosscraft(
        tmp_path, monkeypatch, "print('missing  an emulator', sys.argv[1:])", "sys.exit(1)"
    )
    lesson.begin(0)
    assert capsys.readouterr().out == (
        "This machine lacks something that the lessons need.\n\n"
        "missing  an emulator ['doctor']\n\n"
        f"Lesson 0 begins in the folder {workspace.project()}.\n"
    )


def test_other_lessons_do_not_check_the_machine(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    replace_crosscraft(tmp_path, monkeypatch, "sys.exit(1)")
    lesson.begin(1)
    assert "lacks" not in capsys.readouterr().out


@pytest.mark.builds
def test_begin_builds_what_lesson_2_leaves(capsys: pytest.CaptureFixture[str]) -> None:
    lesson.begin(5)
    said = capsys.readouterr().out
    assert "Building for linux-64, as lesson 2 does:" in said
    assert [p.parent.name for p in sorted(Path("output").glob("*/*.conda"))] == [
        "linux-64",
        "noarch",
    ]
    lesson.begin(5)
    assert "Building" not in capsys.readouterr().out


def test_begin_builds_again_what_a_killed_build_did_not_index(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Packages get their names before the index names them."""
    built: list[str] = []
    monkeypatch.setattr(lesson, "_build", lambda target, output: built.append(target.subdir))
    lesson.begin(4)
    for folder in (Path("output/linux-64"), Path("output/noarch")):
        folder.mkdir(parents=True)
        (folder / "cpp_math-0.1.0-0.conda").touch()
    lesson.begin(5)
    assert built == ["linux-64"]
    index = {"packages.conda": {"cpp_math-0.1.0-0.conda": {}}}
    Path("output/linux-64/repodata.json").write_text(json.dumps(index))
    lesson.begin(5)
    assert built == ["linux-64"]


def test_begin_builds_nothing_for_a_lesson_that_needs_no_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lesson, "_build", lambda target, output: pytest.fail("builds"))
    lesson.begin(10)


def test_begin_goes_on_from_the_reference_where_a_file_fails_its_exercise(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace.Written("src/math.cpp", 1, "own-function")
    monkeypatch.setattr(workspace, "FILES", (file,))
    lesson.begin(3)
    Path("src/math.cpp").write_text("// mine\n")
    capsys.readouterr()
    lesson.begin(3)
    assert (
        "Your src/math.cpp doesn't pass own-function yet, so this lesson uses the reference. Yours "
        "is in the workspace's folder backups.\n"
    ) in capsys.readouterr().out
    assert Path("src/math.cpp").read_text() == workspace.reference(file)
    (backup,) = workspace.root().glob("backups/*/src/math.cpp")
    assert backup.read_text() == "// mine\n"


def test_begin_leaves_a_file_with_a_change_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole file is not checked again, which would take a build."""
    file = next(file for file in workspace.FILES if file.change)
    monkeypatch.setattr(workspace, "FILES", (file,))
    monkeypatch.setattr(lesson, "_build", lambda target, output: None)
    monkeypatch.setattr(lesson, "passes", lambda exercise, own: pytest.fail("checked again"))
    own = workspace.project() / file.path
    lesson.begin(5)
    own.write_text(f"{workspace.reference(file)}# mine\n")
    lesson.check("skip-for-pixi")
    capsys.readouterr()
    lesson.begin(6)
    assert "uses the reference" not in capsys.readouterr().out
    assert own.read_text().endswith("# mine\n")


def test_begin_leaves_a_file_that_passes_its_exercise(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workspace, "FILES", (workspace.Written("src/math.cpp", 1, "own-function"),))
    lesson.begin(3)
    own = str(judge.find("own-function").solution)
    Path("src/math.cpp").write_text(own)
    capsys.readouterr()
    lesson.begin(3)
    assert "doesn't pass" not in capsys.readouterr().out
    assert Path("src/math.cpp").read_text() == own


def test_begin_leaves_a_file_that_cannot_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(*_: object) -> bool:
        raise CommandError("there is no channel", remedy="Run `make setup`.")

    lesson.begin(3)
    Path("src/math.cpp").write_text("// mine\n")
    monkeypatch.setattr(lesson, "passes", unable)
    lesson.begin(3)
    assert Path("src/math.cpp").read_text() == "// mine\n"
