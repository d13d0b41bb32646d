"""A learner's server at a hub: own copies, everything else is only read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from crosscraft.jupyter import hub, lab
from crosscraft.paths import ROOT


def test_a_learner_has_the_notebooks_and_what_they_link_to(tmp_path: Path) -> None:
    written = hub.copy_missing(tmp_path)
    assert {path.name for path in (ROOT / "notebooks").glob("*.ipynb")} == {
        path.name for path in (tmp_path / "notebooks").glob("*.ipynb")
    }
    assert (tmp_path / "docs" / "glossary.md").is_file()
    assert (tmp_path / lab.FIRST).stat().st_mode & 0o200
    assert not [path for path in written if ".ipynb_checkpoints" in path or "/output/" in path]


def test_what_the_learner_has_stays(tmp_path: Path) -> None:
    hub.copy_missing(tmp_path)
    own = tmp_path / lab.FIRST
    own.write_text("mine")
    (tmp_path / "README.md").unlink()
    assert hub.copy_missing(tmp_path) == ["README.md"]
    assert own.read_text() == "mine"


def test_the_server_is_as_safe_as_the_lab(tmp_path: Path) -> None:
    argv = hub.command(tmp_path, ["--port=1"])
    assert set(lab.OPTIONS) <= set(argv)
    assert set(lab.OPTIONS) <= set(lab.command([]))
    assert f"--ServerApp.root_dir={tmp_path}" in argv
    assert argv[-1] == "--port=1"


def test_a_missing_server_is_one_line(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "jupyterhub", None)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "r"))
    monkeypatch.setattr(lab, "prepare_runtime_folder", lambda: None)
    assert hub.main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "crosscraft.setup.extras hub" in said


def test_a_home_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "crosscraft").write_text("a file where the folder should be")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "crosscraft.jupyter.hub"],
        env=os.environ | {"HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("hub: ")
    assert "Traceback" not in done.stderr
