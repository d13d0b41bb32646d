"""An output channel is usable after every build, whatever happened to the build before."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crosscraft.channel import output as outputs
from crosscraft.errors import StorageError
from crosscraft.inspection import conda_file
from crosscraft.system.console import Console
from tests.support import real_package
from tests.support.small_packages import Item, package

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


def kill_at(monkeypatch: pytest.MonkeyPatch, name: str, number: int, below: Path) -> None:
    """Kill the process at call `number` of `os.NAME` with a target below a folder. Nothing more
    happens to the folder after that, as the process is gone."""
    real, calls = getattr(os, name), 0

    def call(source: Path, target: Path) -> None:
        nonlocal calls
        calls += Path(target).is_relative_to(below)
        if calls > number:
            monkeypatch.setattr(outputs.files, "discard", lambda folder: None)
            raise Killed
        real(source, target)

    monkeypatch.setattr(os, name, call)


@pytest.mark.parametrize("repair", ["index", "publish"])
def test_a_process_killed_at_any_rename_leaves_whole_packages_and_the_next_build_indexes_them(
    built: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repair: str
) -> None:
    old, new = built(b"old"), built(b"new")
    known = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (old, new)]
    put(old, tmp_path / "start")
    count, ended = 0, False
    while not ended:
        output = shutil.copytree(tmp_path / "start", tmp_path / f"output-{count}")
        with monkeypatch.context() as patch:
            kill_at(patch, "replace", count, output)
            try:
                put(new, output)
                ended = True
            except Killed:
                pass
        there = hashlib.sha256((output / "linux-64" / NAME).read_bytes()).hexdigest()
        index = json.loads((output / "linux-64" / "repodata.json").read_text())
        listed = index["packages.conda"][NAME]["sha256"]
        assert known.index(listed) <= known.index(there), "the index is newer than the package"
        if repair == "index":
            outputs.index(output, print)
            assert agrees(output) == there
        else:
            put(new, output)
            assert agrees(output) == known[1]
        count += 1
    assert count == 4, "the package, the index of each subdir, and the end"


def test_a_process_killed_before_the_first_rename_changes_nothing(
    built: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    put(built(b"old"), output)
    before = agrees(output)
    other = built(b"new")
    other = other.rename(other.with_name("b-1-h0000000_0.conda"))
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(patch, "link", 0, output)
        put(other, output)
    assert [path.name for path in output.glob(".*")], "it was killed while it prepared"
    assert [path.name for path in output.glob("*/*.conda")] == [NAME]
    outputs.index(output, print)
    assert agrees(output) == before


def test_what_a_killed_process_left_is_removed(
    built: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(patch, "replace", 0, output)
        put(built(b"new"), output)
    assert list(output.iterdir())
    outputs.index(output, print)
    assert not [path for path in output.rglob("*") if path.is_file() or path.name[0] == "."]


@pytest.mark.parametrize("step", ["copyfile", "index", "link"])
def test_a_full_disk_changes_nothing(
    built: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    output = tmp_path / "output"
    put(built(b"old"), output)
    before = agrees(output)
    other = built(b"new")
    other = other.rename(other.with_name("b-1-h0000000_0.conda"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    where = {
        "copyfile": (outputs.shutil, "copyfile"),
        "index": (outputs, "_write_index"),
        "link": (outputs.files, "link_or_copy"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*where[step], full)
        with pytest.raises(StorageError, match=r"could not be stored in .*: the disk is full"):
            put(other, output)
    assert agrees(output) == before
    assert len(list(output.glob("*/*.conda"))) == 1


def test_all_that_is_published_at_once_is_indexed(tmp_path: Path) -> None:
    output = tmp_path / "output"
    names = {f"a-1-h000000{number}_0.conda" for number in range(6)}

    def build_and_put(name: str) -> None:
        (tmp_path / name / "linux-64").mkdir(parents=True)
        built = package(tmp_path / name / "linux-64" / name, [Item("share/a", name.encode())])
        outputs.index(output, lambda text: None)
        put(built, output)

    with ThreadPoolExecutor() as pool:
        list(pool.map(build_and_put, names))
    index = json.loads((output / "linux-64" / "repodata.json").read_text())
    assert set(index["packages.conda"]) == names
    assert {path.name for path in output.glob("*/*.conda")} == names
    assert not list(output.glob(".*"))


LOST = '{"info": {"subdir": "linux-64"}, "packages": {}, "packages.conda": {}}'


@pytest.mark.parametrize("text", ["{", "", "[]", "\0", '{"packages.conda": {', LOST, None])
def test_a_damaged_index_is_written_again(
    built: Callable[[bytes], Path], tmp_path: Path, text: str | None
) -> None:
    output = tmp_path / "output"
    put(built(b"one"), output)
    assert outputs.is_indexed(output, "linux-64")
    if text is None:
        (output / "linux-64/repodata.json").unlink()
    else:
        (output / "linux-64/repodata.json").write_text(text)
    assert not outputs.is_indexed(output, "linux-64")
    outputs.index(output, print)
    assert outputs.is_indexed(output, "linux-64")
    assert agrees(output)


def test_the_index_loses_packages_that_are_gone(
    built: Callable[[bytes], Path], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    put(built(b"one"), output)
    (output / "linux-64" / NAME).unlink()
    outputs.index(output, print)
    assert not outputs.is_indexed(output, "linux-64")
    assert json.loads((output / "linux-64" / "repodata.json").read_text())["packages.conda"] == {}


def test_a_damaged_package_is_left_out_and_said_once(
    built: Callable[[bytes], Path], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    (output / "linux-64").mkdir(parents=True)
    (output / "linux-64" / "b-1-h0000000_0.conda").write_text("no package")
    said = io.StringIO()
    outputs.index(output, Console(said).say)
    assert said.getvalue() == ""
    outputs.publish([built(b"one")], output, Console(said))
    assert said.getvalue().count("left out of the channel's index") == 1
    assert agrees(output)


@pytest.mark.parametrize(
    "change",
    [
        {"drop": ("build_number",)},
        {"index": {"depends": None}},
        {"index": {"noarch": "Python"}},
        {"more": {"info/run_exports.json": b'["a"]'}},
    ],
)
def test_a_package_that_only_conda_reads_does_not_stop_the_index(
    built: Callable[[bytes], Path], tmp_path: Path, change: dict[str, Any]
) -> None:
    output = tmp_path / "output"
    (output / "linux-64").mkdir(parents=True)
    odd = real_package.write(output / "linux-64" / f"{real_package.NAME}.conda", **change)
    assert conda_file.read(odd).name == "area"
    said = io.StringIO()
    outputs.publish([built(b"one")], output, Console(said))
    assert f"rattler cannot index '{odd.name}'" in said.getvalue()
    assert agrees(output)


def test_an_output_folder_is_left_out_of_the_sources(tmp_path: Path) -> None:
    output = tmp_path / "output"
    for _ in range(2):
        outputs.leave_out_of_sources(output, tmp_path / "recipe.yaml")
        assert [path.name for path in output.iterdir()] == [".condapackageignore"]
        assert (output / ".condapackageignore").read_text() == "*\n"
        assert (output / ".condapackageignore").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("link", [False, True])
def test_the_users_own_patterns_stay(tmp_path: Path, link: bool) -> None:
    ignore = tmp_path / "output/.condapackageignore"
    ignore.parent.mkdir()
    if link:
        ignore.symlink_to("missing")
    else:
        ignore.write_text("*.log\n")
    outputs.leave_out_of_sources(ignore.parent, tmp_path / "recipe.yaml")
    assert ignore.is_symlink() if link else ignore.read_text() == "*.log\n"
    assert len(list(ignore.parent.iterdir())) == 1


@pytest.mark.parametrize("recipe", ["recipe.yaml", "recipe/recipe.yaml"])
def test_a_folder_with_the_recipe_stays_a_source(tmp_path: Path, recipe: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    for output in (tmp_path, tmp_path / "link", tmp_path / "missing/.."):
        outputs.leave_out_of_sources(output, tmp_path / recipe)
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


def test_a_process_killed_while_it_leaves_a_folder_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(patch, "replace", 0, tmp_path)
        outputs.leave_out_of_sources(tmp_path / "output", tmp_path / "recipe.yaml")
    assert list((tmp_path / "output").iterdir()) == []
    outputs.leave_out_of_sources(tmp_path / "output", tmp_path / "recipe.yaml")
    assert len(list((tmp_path / "output").iterdir())) == 1


def test_indexing_again_changes_nothing(built: Callable[[bytes], Path], tmp_path: Path) -> None:
    output = tmp_path / "output"
    outputs.index(output, print)
    assert not output.exists()
    put(built(b"one"), output)
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    outputs.index(output, print)
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before


SUBDIRS = ("linux-64", "linux-aarch64", "noarch")


def several(folder: Path, word: str = "new") -> list[Path]:
    """Packages for several platforms, with the modes that a strict umask leaves."""
    made = []
    for subdir in SUBDIRS:
        (folder / word / subdir).mkdir(parents=True)
        items = [Item("share/a", word.encode())]
        path = package(folder / word / subdir / NAME, items, {"subdir": subdir})
        path.chmod(0o600)
        made.append(path)
    return made


def test_all_that_is_published_is_synced_before_it_has_its_name_and_the_index_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    (output / "linux-aarch64").mkdir(parents=True)
    packages = several(tmp_path)
    steps: list[tuple[str, str]] = []
    sync, replace = outputs.files.sync, os.replace

    def name(path: Path) -> str:
        return str(path.relative_to(output)).replace(".publishing/", "")

    def record_sync(path: Path) -> None:
        steps.append(("sync", name(path)))
        sync(path)

    def record_replace(source: Path, target: Path) -> None:
        if Path(target).is_relative_to(output) and ".publishing" not in str(target):
            assert Path(source).stat().st_mode & 0o777 == 0o644
            assert ("sync", name(Path(target))) in steps
            assert Path(source).name == Path(target).name
            steps.append(("rename", name(Path(target))))
        replace(source, target)

    monkeypatch.setattr(outputs.files, "sync", record_sync)
    monkeypatch.setattr(os, "replace", record_replace)
    outputs.publish(packages, output, Console(io.StringIO()))
    renamed = [path for step, path in steps if step == "rename"]
    assert renamed[:3] == [f"{subdir}/{NAME}" for subdir in SUBDIRS]
    assert renamed[3] == "noarch/repodata.json"
    assert sorted(renamed[4:]) == ["linux-64/repodata.json", "linux-aarch64/repodata.json"]
    last = [path for step, path in steps[-4:] if step == "sync"]
    assert sorted(last) == [".", *SUBDIRS]
    assert {path.stat().st_mode & 0o777 for path in output.glob("*/*")} == {0o644}
    for subdir in SUBDIRS:
        assert outputs.is_indexed(output, subdir)
        index = json.loads((output / subdir / "repodata.json").read_text())
        digest = hashlib.sha256((output / subdir / NAME).read_bytes()).hexdigest()
        assert {row["sha256"] for row in index["packages.conda"].values()} == {digest}
        assert index["info"]["subdir"] == subdir
    assert not outputs.is_indexed(output, "linux-ppc64le")
    assert sorted(path.name for path in output.glob("*/*")) == [NAME] * 3 + ["repodata.json"] * 3
    assert [path.stat().st_mode & 0o777 for path in packages] == [0o600] * 3, "they are copied"


def test_publishing_and_indexing_have_the_lock_of_the_channel(
    built: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, object]] = []

    @contextmanager
    def lock(subject: str, on_wait: object) -> Iterator[int]:
        calls.append((subject, on_wait))
        yield 0
        assert not list((tmp_path / "output").glob(".*")), "the lock was given back early"

    monkeypatch.setattr(outputs.locks, "lock", lock)
    monkeypatch.chdir(tmp_path)
    console = Console(io.StringIO())
    outputs.publish([built(b"one")], Path("output"), console)
    outputs.index(Path("output"), print)
    assert calls == [(str(tmp_path / "output"), console.say), (str(tmp_path / "output"), print)]


def test_other_forms_of_the_index_go_from_all_folders(
    built: Callable[[bytes], Path], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    for subdir in SUBDIRS:
        (output / subdir / "shards").mkdir(parents=True)
        for name in ("repodata.json.zst", "repodata_shards.msgpack.zst", "shards/0.msgpack.zst"):
            (output / subdir / name).touch()
        (output / subdir / "notes.txt").touch()
    put(built(b"new"), output)
    kept = {path.name for path in output.glob("*/*")}
    assert kept == {NAME, "repodata.json", "notes.txt"}


def test_what_a_killed_process_left_in_an_empty_channel_is_removed(tmp_path: Path) -> None:
    (tmp_path / "output/.publishing/linux-64").mkdir(parents=True)
    outputs.index(tmp_path / "output", print)
    assert list((tmp_path / "output").iterdir()) == []


def test_the_message_of_an_indexer_that_failed_is_told(
    built: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rattler.exceptions import CacheDirError

    def fail(channel: Path) -> None:
        raise CacheDirError("context\nwhat happened")

    monkeypatch.setattr(outputs, "_write_index", fail)
    with pytest.raises(StorageError, match="what happened") as caught:
        put(built(b"one"), tmp_path / "output")
    assert str(tmp_path / "output") in str(caught.value)
    assert "context" not in str(caught.value)
    assert "--output-dir" in caught.value.remedy
    assert not list((tmp_path / "output").glob("*/*.conda"))


@pytest.fixture
def strict_umask() -> Iterator[None]:
    """New files are for their owner alone, as on some shared machines."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_all_of_a_channel_can_be_read_by_others(
    built: Callable[[bytes], Path], tmp_path: Path, strict_umask: None
) -> None:
    """Packages that were there, too, also if others could write them."""
    output = tmp_path / "output"
    put(built(b"one"), output)
    for mode in (0o600, 0o664, 0o755):
        (output / "linux-64" / NAME).chmod(mode)
        (output / "linux-64/repodata.json").chmod(mode)
        outputs.index(output, print)
        assert {path.stat().st_mode & 0o777 for path in output.glob("*/*")} == {0o644}


def test_a_channel_without_any_index_gets_one_for_each_folder(
    built: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Clients ask for the one of noarch too."""
    output = tmp_path / "output"
    put(built(b"one"), output)
    for path in output.glob("*/repodata.json"):
        path.unlink()
    outputs.index(output, print)
    assert agrees(output)
    assert sorted(str(path.relative_to(output)) for path in output.glob("*/repodata.json")) == [
        "linux-64/repodata.json",
        "noarch/repodata.json",
    ]
