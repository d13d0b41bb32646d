"""An output channel, however the one who publishes into it is killed: the old or the new."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_packages import Item, package

from crosscraft.channel import output as outputs
from crosscraft.errors import StorageError
from crosscraft.system.console import Console

NAME = "a-1-h0000000_0.conda"


class Killed(BaseException):
    """As if the process ended here."""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def built(tmp_path: Path) -> Callable[[bytes], Path]:
    """Make a package with a file of the given content, as a build leaves it."""

    def make(content: bytes) -> Path:
        folder = tmp_path / content.decode() / "linux-64"
        folder.mkdir(parents=True)
        return package(folder / NAME, [Item("share/a", content)])

    return make


def put(built: Path, output: Path) -> None:
    outputs.publish([built], output, Console(io.StringIO()))


def agrees(output: Path) -> str:
    """The hash of the package in the channel, which must be the one that the index has."""
    digest = hashlib.sha256((output / "linux-64" / NAME).read_bytes()).hexdigest()
    index = json.loads((output / "linux-64" / "repodata.json").read_text())
    assert index["packages.conda"][NAME]["sha256"] == digest
    assert not list(output.glob(".*")), "left behind"
    return digest


def test_no_other_form_of_the_index_stays(built: Callable[[bytes], Path], tmp_path: Path) -> None:
    """Clients read those first, and they would name what was there before."""
    output = tmp_path / "output"
    (output / "linux-64/shards").mkdir(parents=True)
    for name in ("repodata.json.zst", "repodata_shards.msgpack.zst", "shards/0.msgpack.zst"):
        (output / "linux-64" / name).write_bytes(b"of an earlier version")
    put(built(b"new"), output)
    assert sorted(p.name for p in (output / "linux-64").iterdir()) == [NAME, "repodata.json"]
    assert agrees(output)


def test_it_is_an_indexed_channel_and_nothing_else(
    built: Callable[[bytes], Path], tmp_path: Path
) -> None:
    package = built(b"old")
    put(package, tmp_path / "output")
    assert agrees(tmp_path / "output") == hashlib.sha256(package.read_bytes()).hexdigest()
    put(built(b"new"), tmp_path / "output")
    assert agrees(tmp_path / "output") != hashlib.sha256(package.read_bytes()).hexdigest()


def test_killed_at_any_rename_the_next_user_finds_the_new_channel(
    built: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = built(b"old"), built(b"new")
    wanted = hashlib.sha256(new.read_bytes()).hexdigest()
    real = os.replace
    count, ended = 0, False
    put(old, tmp_path / "start")
    while not ended:
        output = shutil.copytree(tmp_path / "start", tmp_path / f"output-{count}")
        left = count

        def replace(source: Path, target: Path) -> None:
            nonlocal left
            left -= 1 if Path(target).is_relative_to(output) else 0  # noqa: B023
            if left < 0:
                # Nothing more happens to the folder, not even tidying up.
                monkeypatch.setattr(outputs.shutil, "rmtree", lambda *_, **__: None)
                raise Killed
            real(source, target)

        monkeypatch.setattr(os, "replace", replace)
        try:
            put(new, output)
            ended = True
        except Killed:
            pass
        monkeypatch.undo()
        monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
        marked = (output / ".new" / "whole").exists()
        outputs.complete(output)
        if marked or ended:
            assert agrees(output) == wanted
        else:
            put(new, output)
            assert agrees(output) == wanted
        count += 1
    assert count > 4  # the mark, the package, the index of each subdir


def test_what_was_not_marked_is_thrown_away(built: Callable[[bytes], Path], tmp_path: Path) -> None:
    output = tmp_path / "output"
    put(built(b"old"), output)
    before = agrees(output)
    (output / ".new" / "linux-64").mkdir(parents=True)
    (output / ".new" / "linux-64" / NAME).write_text("half")
    outputs.complete(output)
    assert hashlib.sha256((output / "linux-64" / NAME).read_bytes()).hexdigest() == before


def test_a_full_disk_changes_nothing(
    built: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    put(built(b"old"), output)
    before = agrees(output)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs.shutil, "copyfile", full)
    with pytest.raises(StorageError, match=r"could not be stored in .*: the disk is full"):
        put(built(b"new"), output)
    assert agrees(output) == before


@pytest.mark.parametrize("text", ["{", "", "[]", "\0", '{"packages.conda": {'])
def test_a_damaged_index_is_made_anew(built, tmp_path, text):
    output = tmp_path / "output"
    put(built(b"one"), output)
    said = io.StringIO()
    outputs.mend(output, Console(said))
    assert said.getvalue() == ""
    (output / "linux-64/repodata.json").write_text(text)
    outputs.mend(output, Console(said))
    assert "damaged (linux-64)" in said.getvalue()
    assert agrees(output)
