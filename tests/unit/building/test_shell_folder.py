"""The folders of `crosscraft shell`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crosscraft.building import shell_folder
from crosscraft.building.shell_folder import Made, ShellFolder
from crosscraft.errors import BuildError
from crosscraft.platforms import lookup
from crosscraft.system import locks

HERE, THERE = lookup("linux-64"), lookup("linux-aarch64")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShellFolder:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return ShellFolder.of(tmp_path / "project", "cpp_math", THERE)


def make(folder: ShellFolder, fingerprint: str = "1") -> Made:
    made = Made(fingerprint, "/work", "/host", "/build", {})
    with folder.emptied():
        (folder.path / f"of-{fingerprint}").touch()
        folder.finish(made)
    return made


def test_it_is_the_same_for_the_same_project_output_and_platform(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ShellFolder.of(Path("project"), "cpp_math", THERE) == folder
    assert ShellFolder.of(Path("project"), "cpp_math", HERE) != folder
    assert ShellFolder.of(Path("other"), "cpp_math", THERE) != folder
    assert ShellFolder.of(Path("project"), "stubs", THERE) != folder
    assert folder.path.name.startswith("cpp_math-linux-aarch64-")


def test_it_is_complete_when_it_is_finished(folder):
    assert folder.made() is None
    with folder.emptied():
        assert folder.made() is None
    assert make(folder) == folder.made()


def test_the_former_is_kept_once(folder):
    for fingerprint in "123":
        make(folder, fingerprint)
    assert {path.name for path in folder.path.iterdir()} == {"made.json", "of-3"}
    assert {path.name for path in folder.former.iterdir()} == {"made.json", "of-2"}


def test_an_error_restores_it(folder):
    make(folder)
    with pytest.raises(ZeroDivisionError), folder.emptied():
        (folder.path / "half").touch()
        raise ZeroDivisionError
    assert (folder.path / "of-1").exists()
    assert not (folder.path / "half").exists()
    assert not folder.former.exists()


def test_it_is_not_made_again_while_a_shell_is_in_it(folder):
    make(folder)
    first, second = folder.enter(), folder.enter()
    os.close(first)
    with pytest.raises(BuildError, match="a shell is open"), folder.emptied():
        pass
    assert (folder.path / "of-1").exists()
    os.close(second)
    make(folder, "2")


def test_a_changed_source_is_known(tmp_path):
    source, work = tmp_path / "src", tmp_path / "work"
    for path in (source / "sub/a", source / "b", source / "left-out", work / "sub/a", work / "b"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    made = Made("", "", "", "", shell_folder.copied(work, [source]))
    assert sorted(made.sources) == [str(source / "b"), str(source / "sub/a")]
    assert made.changed() == []
    os.utime(source / "sub/a", (1, 1))
    (source / "b").unlink()
    (source / "left-out").unlink()
    assert sorted(made.changed()) == [str(source / "b"), str(source / "sub/a")]


def test_small_files_are_no_links_to_the_store(tmp_path):
    store, prefix = tmp_path / "store", tmp_path / "prefix"
    store.mkdir()
    prefix.mkdir()
    (store / "text").write_text("message()\n")
    (store / "text").chmod(0o555)
    os.utime(store / "text", (1, 1))
    (store / "large").write_bytes(bytes(300_000))
    for name in ("text", "large"):
        os.link(store / name, prefix / name)
    (prefix / "link").symlink_to("text")
    shell_folder.copy_texts(prefix)
    copy = (prefix / "text").stat()
    assert (copy.st_nlink, copy.st_mode & 0o777, copy.st_mtime) == (1, 0o555, 1)
    assert (prefix / "text").read_text() == "message()\n"
    assert (prefix / "large").stat().st_nlink == 2
    assert (prefix / "link").is_symlink()


def test_what_nobody_has_visited_is_removed(folder, tmp_path):
    make(folder)
    make(folder)
    shell_folder.sweep()
    assert folder.path.exists()
    long_ago = folder.lock.stat().st_mtime - 15 * 24 * 3600
    inside = locks.share(folder.lock)
    os.utime(folder.lock, (long_ago, long_ago))
    shell_folder.sweep()
    assert folder.path.exists(), "somebody is in it"
    os.close(inside)
    shell_folder.sweep()
    assert list(folder.path.parent.iterdir()) == []
