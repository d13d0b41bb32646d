"""JupyterLab's saves: the old file or the new one, never a part of either."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tornado.web import HTTPError

from crosscraft import lab
from crosscraft.saving import SavingInOneStep


@pytest.fixture
def manager(tmp_path: Path) -> SavingInOneStep:
    return SavingInOneStep(root_dir=str(tmp_path))


def notebook(source: str) -> dict[str, Any]:
    cell = nbformat.v4.new_code_cell(source, id="one")
    content = nbformat.v4.new_notebook(cells=[cell])
    return {"type": "notebook", "format": "json", "content": content}


def save(manager: SavingInOneStep, source: str) -> None:
    asyncio.run(manager.save(notebook(source), "a.ipynb"))


def source(path: Path) -> str:
    return str(nbformat.read(path, as_version=4).cells[0].source)


def test_the_lab_saves_by_it() -> None:
    option = "--ServerApp.contents_manager_class=crosscraft.saving.SavingInOneStep"
    assert option in lab.command([])


def test_it_saves_notebooks_files_and_checkpoints(manager: SavingInOneStep, tmp_path: Path) -> None:
    save(manager, "1")
    checkpoint = asyncio.run(manager.create_checkpoint("a.ipynb"))
    save(manager, "2")
    assert source(tmp_path / "a.ipynb") == "2"
    asyncio.run(manager.restore_checkpoint(checkpoint["id"], "a.ipynb"))
    assert source(tmp_path / "a.ipynb") == "1"
    for format_, content in (("text", "ä\n"), ("base64", "AAE=")):
        model = {"type": "file", "format": format_, "content": content}
        asyncio.run(manager.save(model, format_))
    assert (tmp_path / "text").read_text(encoding="utf-8") == "ä\n"
    assert (tmp_path / "base64").read_bytes() == b"\0\1"
    assert not list(tmp_path.glob(".*.new"))


def test_a_link_stays_and_its_file_is_written(manager: SavingInOneStep, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "real.ipynb").touch()
    (tmp_path / "a.ipynb").symlink_to("folder/real.ipynb")
    save(manager, "1")
    assert (tmp_path / "a.ipynb").is_symlink()
    assert source(tmp_path / "folder" / "real.ipynb") == "1"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_notebook(
    manager: SavingInOneStep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    save(manager, "1")

    def full(*_: object) -> None:
        # What JupyterLab itself does by now: it has written into the file.
        assert source(tmp_path / "a.ipynb") == "1"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    with pytest.raises(HTTPError, match="the disk is full"):
        save(manager, "2" * 100_000)
    monkeypatch.undo()
    assert source(tmp_path / "a.ipynb") == "1"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.ipynb"]
