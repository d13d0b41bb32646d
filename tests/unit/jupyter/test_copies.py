"""The learner's copies of the lessons: brought up to date, and never overwritten."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from crosscraft.errors import StorageError
from crosscraft.jupyter import copies
from crosscraft.jupyter.served import Served
from crosscraft.paths import ROOT
from crosscraft.system import workspace

ONE, NEW = "00-one.ipynb", "00-one-new.ipynb"
FIRST = {"top": "# 00 · One", "run": "print(1)"}
"""The cells of the first version of the lesson."""
SECOND = {"top": "# 00 · One", "run": "print(2)", "more": "## More"}

Commit = Callable[[dict[str, str]], None]


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The committed lessons: a welcome page and a notebook. The workspace is empty."""
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv(workspace.SERVED, str(tmp_path))
    folder = tmp_path / "clone" / "notebooks"
    folder.mkdir(parents=True)
    (folder / "welcome.md").write_text("# Welcome\n\n[one](00-one.ipynb)\n")
    return folder


@pytest.fixture
def commit(notebooks: Path) -> Commit:
    """Commit a version of the lesson, with the outputs of a run."""

    def write(cells: dict[str, str], output: str = "1\n") -> None:
        run = [nbformat.v4.new_output("stream", text=output)]
        made = [
            nbformat.v4.new_markdown_cell(source, id=name)
            if source.startswith("#")
            else nbformat.v4.new_code_cell(source, id=name, outputs=run, execution_count=1)
            for name, source in cells.items()
        ]
        nbformat.write(nbformat.v4.new_notebook(cells=made), notebooks / ONE)

    write(FIRST)
    return write


@pytest.fixture
def update(notebooks: Path, commit: Commit, capsys: pytest.CaptureFixture[str]) -> Callable:
    """Bring the copies up to date, and return the lines that this printed."""

    def run(note: str = "") -> list[str]:
        copies.update(Served.of(notebooks.parent.parent), note, notebooks)
        return capsys.readouterr().out.splitlines()

    return run


def content() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in workspace.lessons().iterdir()}


def sources(name: str = ONE) -> list[str]:
    return [cell.source for cell in nbformat.read(workspace.lessons() / name, as_version=4).cells]


def edit(name: str = ONE, answer: str = "answer = 1") -> bytes:
    """Work in a copy as a learner does, and return the content of the file."""
    path = workspace.lessons() / name
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].source = answer
    nbformat.write(notebook, path)
    return path.read_bytes()


def test_missing_copies_are_written(update) -> None:
    assert update() == []
    assert set(content()) == {ONE, "welcome.md", copies.RECORD}
    assert sources() == list(FIRST.values())
    assert b"output_type" not in content()[ONE]
    edit()
    (workspace.lessons() / ONE).unlink()
    assert update() == []
    assert sources() == list(FIRST.values()), "a deleted copy is written again"


def test_a_second_start_writes_nothing(update, commit, monkeypatch: pytest.MonkeyPatch) -> None:
    update()
    edit()
    commit(SECOND)
    assert len(update()) == 1
    before = content()
    monkeypatch.setattr(copies.files, "write", lambda *_: pytest.fail("something was written"))
    assert update() == []
    assert content() == before


@pytest.mark.parametrize("changed", [False, True])
def test_a_copy_of_a_lesson_that_is_gone(update, notebooks, changed: bool) -> None:
    update()
    mine = edit() if changed else b""
    (notebooks / ONE).rename(notebooks / "00-other.ipynb")
    said = ["The series no longer has the lesson 00-one.ipynb. Your copy of it stays."]
    assert update() == (said if changed else [])
    assert content().get(ONE, b"") == mine
    assert sources("00-other.ipynb") == list(FIRST.values())
    assert update() == [], "it is said once"


def test_an_untouched_copy_is_replaced_quietly(update, commit) -> None:
    update()
    commit(SECOND)
    assert update() == []
    assert sources() == list(SECOND.values())
    assert NEW not in content()


def test_outputs_alone_are_no_newer_lesson(update, commit) -> None:
    update()
    mine = edit()
    commit(FIRST, "another output\n")
    assert update() == []
    assert content()[ONE] == mine
    assert NEW not in content()


def test_a_newer_lesson_is_offered_beside_a_changed_copy(update, commit) -> None:
    update()
    mine = edit()
    commit(SECOND)
    (line,) = update()
    assert f"workspace/lessons/{NEW}" in line
    assert content()[ONE] == mine
    opening, *lesson = sources(NEW)
    assert lesson == list(SECOND.values())
    assert f"[{ONE}]({ONE})" in opening
    assert "- **New:** More\n- **Changed:** print(2)\n" in opening
    assert "Gone" not in opening


def test_what_was_declined_is_not_offered_again(update, commit) -> None:
    update()
    edit()
    commit(SECOND)
    update()
    (workspace.lessons() / NEW).unlink()
    assert update() == []
    assert NEW not in content()
    commit({**SECOND, "run": "print(3)"})
    assert len(update()) == 1
    assert "print(3)" in sources(NEW)


def test_an_untouched_offer_is_replaced_and_a_changed_one_is_not(update, commit) -> None:
    update()
    mine = edit()
    commit(SECOND)
    update()
    commit({**SECOND, "run": "print(3)"})
    update()
    assert "print(3)" in sources(NEW)
    theirs = edit(NEW)
    commit({"run": "print(4)"})
    (line,) = update()
    assert "00-one-new-2.ipynb" in line
    assert (content()[ONE], content()[NEW]) == (mine, theirs)
    assert sources("00-one-new-2.ipynb")[1:] == ["print(4)"]
    assert "- **Gone:** 00 · One\n" in sources("00-one-new-2.ipynb")[0]


def test_a_file_of_that_name_is_the_learners(update, commit) -> None:
    update()
    edit()
    (workspace.lessons() / NEW).write_text("mine")
    commit(SECOND)
    update()
    assert content()[NEW] == b"mine"
    assert sources("00-one-new-2.ipynb")[1:] == list(SECOND.values())


def test_the_welcome_page_is_a_copy_too(update, notebooks: Path) -> None:
    update("> A note\n\n")
    page = workspace.lessons() / "welcome.md"
    assert page.read_text() == "> A note\n\n# Welcome\n\n[one](00-one.ipynb)\n"
    update()
    assert page.read_text().startswith("# Welcome")
    page.write_text("mine")
    (notebooks / "welcome.md").write_text("# Welcome\n\n## Help\n")
    assert len(update()) == 1
    assert page.read_text() == "mine"
    offered = (workspace.lessons() / "welcome-new.md").read_text()
    assert offered.endswith("- **New:** Help\n- **Changed:** Welcome\n\n# Welcome\n\n## Help\n")


@pytest.mark.parametrize("record", [None, "", "[]", '{"a": 1}', '{"a": {"checksum": 1}}'])
def test_without_a_record_no_copy_is_overwritten(update, commit, record: str | None) -> None:
    update()
    mine, path = edit(), workspace.lessons() / copies.RECORD
    path.unlink() if record is None else path.write_text(record)
    commit(SECOND)
    assert len(update()) == 1
    assert content()[ONE] == mine
    assert "- **New:** More" in sources(NEW)[0]
    assert update() == []


def test_a_copy_that_is_no_notebook_is_the_learners_too(update, commit) -> None:
    update()
    (workspace.lessons() / copies.RECORD).unlink()
    (workspace.lessons() / ONE).write_text("not a notebook")
    assert len(update()) == 1
    assert content()[ONE] == b"not a notebook"
    (workspace.lessons() / copies.RECORD).unlink()
    (workspace.lessons() / "welcome.md").write_bytes(b"\xff")
    assert len(update()) >= 1
    assert content()["welcome.md"] == b"\xff"


def test_a_kill_between_a_copy_and_its_record_does_no_harm(
    update, commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start finishes the work: nothing is offered that was not to be, and once."""
    write = copies.files.write

    def killed(path: Path, content: str) -> None:
        if path.name == copies.RECORD:
            raise KeyboardInterrupt
        write(path, content)

    for expected in ([ONE, "welcome.md"], [ONE], [NEW]):
        before = content() if workspace.lessons().exists() else {}
        with monkeypatch.context() as patch:
            patch.setattr(copies.files, "write", killed)
            with pytest.raises(KeyboardInterrupt):
                update()
        written = [name for name, data in content().items() if before.get(name) != data]
        assert sorted(written) == expected
        after = content()
        update()
        assert {**content(), copies.RECORD: b""} == {**after, copies.RECORD: b""}
        commit(SECOND)
        if expected == [ONE]:
            edit()
            commit({"run": "print(5)"})


def test_a_full_disk_is_one_line_and_keeps_everything(
    update, commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    update()
    commit(SECOND)
    before = content()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="the disk is full"):
            update()
    assert content() == before
    update()
    assert sources() == list(SECOND.values())


def test_a_workspace_that_others_can_change_is_not_used(update) -> None:
    update()
    workspace.lessons().chmod(0o777)
    with pytest.raises(StorageError, match="can be written by other users"):
        update()


def test_an_earlier_project_is_taken_over(update) -> None:
    (workspace.root() / "cpp_math/src").mkdir(parents=True)
    (line,) = update()
    assert "workspace/project" in line
    assert (workspace.project() / "src").is_dir()


def test_many_at_once_offer_once(update, commit, notebooks: Path, capsys) -> None:
    update()
    edit()
    commit(SECOND)
    served = Served.of(notebooks.parent.parent)
    with ThreadPoolExecutor(8) as pool:
        for job in [pool.submit(copies.update, served, "", notebooks) for _ in range(8)]:
            job.result()
    said = capsys.readouterr().out.splitlines()
    assert sum("is newer" in line for line in said) == 1
    assert set(content()) == {ONE, NEW, "welcome.md", copies.RECORD}


def test_the_command_makes_copies_for_any_server(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crosscraft.jupyter.copies"]
    env = os.environ | {"CROSSCRAFT_WORKSPACE": str(tmp_path)}
    subprocess.run(command, env=env, check=True)
    expected = {path.name for path in ROOT.glob("notebooks/*.*")} | {copies.RECORD}
    assert {path.name for path in (tmp_path / "lessons").iterdir()} == expected
    assert json.loads((tmp_path / "lessons" / copies.RECORD).read_text())
    env["CROSSCRAFT_WORKSPACE"] = "/proc/nothing"
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("copies: ")
    assert done.stderr.count("\n") == 1
