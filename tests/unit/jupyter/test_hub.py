"""A learner's server at a hub: own copies, everything else is only read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crosscraft.jupyter import copies, hub, lab
from crosscraft.jupyter.served import Served
from crosscraft.paths import ROOT
from crosscraft.system import workspace


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The learner's folder, in a home where nothing was ever run."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", "")
    monkeypatch.delenv("CROSSCRAFT_WORKSPACE")
    monkeypatch.setenv(workspace.SERVED, "another")
    monkeypatch.setattr(lab, "prepare_runtime_folder", lambda: None)
    return tmp_path / "crosscraft"


@pytest.fixture
def started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The argument lists of the servers that replaced the process."""
    found: list[list[str]] = []
    monkeypatch.setattr(lab, "replace_process", lambda argv, *_, **__: found.append(argv))
    return found


def test_a_learner_has_copies_of_the_lessons_and_a_link_to_the_pages(
    folder: Path, started: list[list[str]]
) -> None:
    hub.start(["--port=1"])
    assert sorted(path.name for path in folder.iterdir()) == ["pages", "workspace"]
    expected = {path.name for path in ROOT.glob("notebooks/*.*")} | {copies.RECORD}
    lessons = folder / "workspace/lessons"
    assert {path.name for path in lessons.iterdir()} == expected
    assert (lessons / "../../pages/docs/glossary.md").is_file()
    assert "](../../pages/docs/glossary.md)" in (lessons / "welcome.md").read_text()
    (argv,) = started
    assert f"--ServerApp.root_dir={folder}" in argv
    assert "--ServerApp.default_url=/lab/tree/workspace/lessons/welcome.md" in argv
    assert os.environ[workspace.SERVED] == str(folder)
    assert os.environ["CROSSCRAFT_WORKSPACE"] == str(folder / "workspace")


def test_a_home_of_an_earlier_version_keeps_its_notebooks(
    folder: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks/00-run-arm.ipynb").write_text("mine")
    (folder / "workspace/cpp_math").mkdir(parents=True)
    (folder / "workspace/cpp_math/LICENSE").write_text("mine")
    hub.start([])
    assert (folder / "notebooks/00-run-arm.ipynb").read_text() == "mine"
    assert (folder / "workspace/project/LICENSE").read_text() == "mine"
    first, second = capsys.readouterr().out.splitlines()
    assert str(folder / "notebooks") in first
    assert second == "Your project folder workspace/cpp_math is now called workspace/project."
    welcome = folder / "workspace/lessons/welcome.md"
    assert "still in the folder `notebooks`" in welcome.read_text()
    hub.start([])
    assert capsys.readouterr().out == "", "it is said once"
    (folder / "notebooks").rename(folder / "old")
    hub.start([])
    assert welcome.read_text().startswith("# Welcome")


def test_a_workspace_elsewhere_is_served_alone(
    folder: Path, started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "other"))
    hub.start([])
    assert f"--ServerApp.root_dir={tmp_path / 'other'}" in started[0]
    assert "--ServerApp.default_url=/lab/tree/lessons/welcome.md" in started[0]


def test_the_server_is_as_safe_as_the_lab(tmp_path: Path) -> None:
    argv = hub.command(Served.of(tmp_path), ["--port=1"])
    assert set(lab.OPTIONS) <= set(argv)
    assert set(lab.OPTIONS) <= set(lab.command([]))
    assert argv[-1] == "--port=1"


@pytest.mark.usefixtures("folder")
def test_a_missing_server_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "jupyterhub", None)
    assert hub.main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "crosscraft.setup.extras hub" in said


def test_a_home_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "crosscraft").write_text("a file where the folder should be")
    env = os.environ | {"HOME": str(tmp_path)}
    del env["CROSSCRAFT_WORKSPACE"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "crosscraft.jupyter.hub"],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("hub: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
