"""JupyterLab's saves: the old file or the new one, never a part of either."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from tornado.web import HTTPError
from traitlets import Instance
from traitlets.config import Configurable

from crosscraft.jupyter import lab
from crosscraft.jupyter.contents import AtomicContentsManager
from crosscraft.paths import ROOT
from crosscraft.views.live import KERNEL, WIDGET_VIEW

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def manager(tmp_path: Path) -> AtomicContentsManager:
    return AtomicContentsManager(root_dir=str(tmp_path))


def notebook(source: str) -> dict[str, Any]:
    cell = nbformat.v4.new_code_cell(source, id="one")
    content = nbformat.v4.new_notebook(cells=[cell])
    return {"type": "notebook", "format": "json", "content": content}


def save(manager: AtomicContentsManager, source: str) -> None:
    asyncio.run(manager.save(notebook(source), "a.ipynb"))


def source(path: Path) -> str:
    return str(nbformat.read(path, as_version=4).cells[0].source)


def test_the_lab_saves_by_it() -> None:
    option = "--ServerApp.contents_manager_class=crosscraft.jupyter.contents.AtomicContentsManager"
    assert option in lab.command([])


def test_it_saves_notebooks_files_and_checkpoints(
    manager: AtomicContentsManager, tmp_path: Path
) -> None:
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


def test_checkpoints_are_not_beside_the_file(
    manager: AtomicContentsManager, tmp_path: Path, own_cache: Path
) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        model = {"type": "file", "format": "text", "content": folder}
        asyncio.run(manager.save(model, f"{folder}/a.txt"))
        asyncio.run(manager.create_checkpoint(f"{folder}/a.txt"))
    assert sorted(p.name for p in tmp_path.glob("one/*")) == ["a.txt"]
    for folder in ("one", "two"):
        (tmp_path / folder / "a.txt").write_text("changed")
        asyncio.run(manager.restore_checkpoint("checkpoint", f"{folder}/a.txt"))
        assert (tmp_path / folder / "a.txt").read_text() == folder
    assert list(own_cache.glob("checkpoints/**/a-checkpoint.txt"))


def listed(manager: AtomicContentsManager, path: str = "") -> set[str]:
    return {one["name"] for one in asyncio.run(manager.get(path))["content"]}


def test_the_clone_is_listed_without_its_tools() -> None:
    git = ["git", "-C", str(ROOT), "ls-files"]
    done = subprocess.run(git, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this folder is no git repository")
    tracked = {line.split("/")[0] for line in done.stdout.splitlines()}
    visible = {name for name in tracked if not name.startswith(".")}
    clone = AtomicContentsManager(root_dir=str(ROOT))
    shown = listed(clone)
    assert visible & shown == {"README.md", "cpp_math", "docs", "examples"}, (
        "what is new here is for learners, or belongs into saving.TOOLS"
    )
    assert "welcome.md" in listed(clone, "notebooks"), "a link to it still opens it"
    assert asyncio.run(clone.get("Makefile"))["content"]


def test_a_clone_behind_a_link_is_listed_without_its_tools(
    manager: AtomicContentsManager, tmp_path: Path
) -> None:
    (tmp_path / "pages").symlink_to(ROOT)
    shown = listed(manager, "pages")
    assert {"README.md", "cpp_math", "docs"} <= shown
    assert not {"Makefile", "notebooks", "tests"} & shown
    assert asyncio.run(manager.get("pages/docs/glossary.md"))["content"]


def test_other_folders_are_listed_whole(manager: AtomicContentsManager, tmp_path: Path) -> None:
    for name in ("Makefile", "a.txt", "pixi.toml"):
        (tmp_path / name).touch()
    assert listed(manager) == {"Makefile", "a.txt", "pixi.toml"}


def test_a_name_of_other_bytes_is_not_listed(
    manager: AtomicContentsManager, tmp_path: Path
) -> None:
    """No URL can have it, so JupyterLab could not list the folder."""
    for name in (b"2\x12\xd7\x16n\x04", b"\xff", b"na\xc3\xafve", b"a\x07b", b"\xf0\x9f\x92\xa5"):
        (tmp_path / os.fsdecode(name)).touch()
    (tmp_path / os.fsdecode(b"dir\xfe")).mkdir()
    assert listed(manager) == {"naïve", "a\x07b", "\U0001f4a5"}
    json.dumps([*listed(manager)], ensure_ascii=False).encode()


@pytest.fixture
def served(tmp_path: Path) -> AtomicContentsManager:
    """A manager of a server with two kernels, one of them not started yet."""
    kernels = {
        "a": SimpleNamespace(provisioner=SimpleNamespace(pid=7)),
        "b": SimpleNamespace(provisioner=None),
    }
    running = SimpleNamespace(list_kernel_ids=lambda: list(kernels), get_kernel=kernels.get)
    manager = AtomicContentsManager(root_dir=str(tmp_path))
    manager.parent = Server(kernel_manager=running)
    return manager


class Server(Configurable):
    """What has the kernels."""

    kernel_manager = Instance(object)


HTML, TEXT = "text/html", "text/plain"


@pytest.mark.parametrize(
    ("forms", "kernel", "kept"),
    [
        ({HTML, TEXT}, 7, {WIDGET_VIEW, HTML, TEXT}),
        ({HTML, TEXT}, 8, {HTML, TEXT}),
        ({HTML, TEXT}, None, {HTML, TEXT}),
        ({TEXT}, 8, {WIDGET_VIEW, TEXT}),
    ],
    ids=["alive", "of another kernel", "of no recorded kernel", "without a static form"],
)
def test_a_widget_is_loaded_while_its_kernel_runs(
    served: AtomicContentsManager, forms: set[str], kernel: int | None, kept: set[str]
) -> None:
    model = notebook("views")
    data = {WIDGET_VIEW: {"model_id": "1"}, **dict.fromkeys(forms, "x")}
    metadata = {WIDGET_VIEW: {KERNEL: kernel}} if kernel else {}
    output = nbformat.v4.new_output("execute_result", data, metadata=metadata)
    model["content"].cells[0].outputs.append(output)
    model["content"].cells.append(nbformat.v4.new_markdown_cell("no outputs", id="two"))
    asyncio.run(served.save(model, "a.ipynb"))
    (loaded,) = asyncio.run(served.get("a.ipynb"))["content"]["cells"][0]["outputs"]
    assert set(loaded["data"]) == kept
    assert set(loaded["metadata"]) <= kept
    assert asyncio.run(served.get("a.ipynb", content=False))["content"] is None


def test_a_link_stays_and_its_file_is_written(
    manager: AtomicContentsManager, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "real.ipynb").touch()
    (tmp_path / "a.ipynb").symlink_to("folder/real.ipynb")
    save(manager, "1")
    assert (tmp_path / "a.ipynb").is_symlink()
    assert source(tmp_path / "folder" / "real.ipynb") == "1"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_notebook(
    manager: AtomicContentsManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
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
