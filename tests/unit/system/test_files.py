"""Writing in one step, and one lock for each subject."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from crosscraft.errors import StorageError
from crosscraft.system import files, locks


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_cache_is_where_the_variable_says(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert files.cache("a", "b") == own_cache / "a" / "b"
    assert (own_cache / "a" / "b").is_dir()
    monkeypatch.delenv("CROSSCRAFT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(own_cache / "xdg"))
    assert files.cache("c") == own_cache / "xdg" / "crosscraft" / "c"
    monkeypatch.chdir(own_cache)
    monkeypatch.setenv("CROSSCRAFT_CACHE", "relative")
    assert files.cache().is_absolute()


@pytest.mark.parametrize("parts", [(), ("builds",)])
def test_a_cache_with_a_space_in_its_path_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: tuple[str, ...]
) -> None:
    monkeypatch.delenv("CROSSCRAFT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "ho me"))
    with pytest.raises(StorageError, match=r"ho me.*space in its path.*CROSSCRAFT_CACHE=DIR"):
        files.cache(*parts)
    assert not list(tmp_path.glob("ho*"))


def test_write(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    files.write(path, "erst ä\n")
    files.write(path, "dann ö\n")
    assert path.read_text(encoding="utf-8") == "dann ö\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("failing", ["fsync", "fchmod", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_failed_write_leaves_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, error: BaseException
) -> None:
    path = tmp_path / "file.txt"
    files.write(path, "old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, failing, fail)
    told = StorageError if isinstance(error, OSError) else type(error)
    with pytest.raises(told):
        files.write(path, "new" * 100_000)
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of open files
def test_an_interrupt_at_any_line_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)  # it takes long
    path = tmp_path / "file.txt"
    for line in range(1000):
        files.write(path, "old")
        with _interrupt_at(line) as came, contextlib.suppress(KeyboardInterrupt):
            files.write(path, "new")
        if not came:
            break
        assert path.read_text() in ("old", "new")
        assert list(tmp_path.iterdir()) == [path]
    assert line > 20
    assert path.read_text() == "new"


@contextlib.contextmanager
def _interrupt_at(line: int) -> Iterator[list[str]]:
    """Raise an interrupt before the given line of `files` that runs, counted from 0."""
    came: list[str] = []

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., object] | None:
        nonlocal line
        if frame.f_code.co_filename != files.__file__ or came:
            return None
        if event == "line":
            line -= 1
            if line < 0:
                came.append(frame.f_code.co_name)
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield came
    finally:
        sys.settrace(before)


def test_reader_sees_old_or_new_and_nothing_between(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    whole = {"a" * 200_000, "b" * 200_000}
    files.write(path, "a" * 200_000)
    stop = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not stop.is_set():
            seen.add(path.read_text())

    thread = threading.Thread(target=read)
    thread.start()
    for letter in "bababababa":
        files.write(path, letter * 200_000)
    stop.set()
    thread.join()
    assert seen <= whole


def test_check_writable(tmp_path: Path) -> None:
    files.check_writable(tmp_path / "new" / "folder", "the folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nothing")):
        with pytest.raises(
            StorageError, match=f"the folder '{folder}' cannot be written: "
        ) as caught:
            files.check_writable(folder, "the folder")
        assert "Choose another folder" in caught.value.remedy


_AS_NOBODY = """
import os, sys
from pathlib import Path
from crosscraft.system import files, locks
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    files.check_writable(Path(sys.argv[1]), "the output folder")
except files.StorageError as error:
    print(error)
"""


def _has_nobody() -> bool:
    """Whether this user namespace has a user 65534 to become: user_namespaces(7)."""
    rows = Path("/proc/self/uid_map").read_text().splitlines()
    return any(int(first) <= 65534 < int(first) + int(n) for first, _, n in map(str.split, rows))


@pytest.mark.skipif(os.getuid() == 0 and not _has_nobody(), reason="this namespace has one user")
def test_check_writable_of_anothers_folder() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, "/usr"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("the output folder '/usr' cannot be written: permission denied")


def test_what_a_killed_writer_left_is_removed_and_a_living_ones_is_not(tmp_path: Path) -> None:
    dead, alive = tmp_path / ".file.txt-dead.new", tmp_path / ".file.txt-alive.new"
    dead.touch()
    held = locks.hold(alive)
    assert held is not None
    files.write(tmp_path / "file.txt", "whole")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        alive.name,
        "file.txt",
    ]
    locks.release(held, alive)


def test_write_keeps_the_mode_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "private"
    path.touch(0o600)
    files.write(path, b"secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == b"secret"


def test_a_cache_that_cannot_be_made_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_CACHE", "/proc/nothing")
    with pytest.raises(StorageError, match=r"the cache folder '/proc/nothing/x' cannot be made"):
        files.cache("x")


@pytest.fixture
def interrupted(monkeypatch):
    """Have the interrupt come as the first folder is closed."""
    close = os.close

    def closed(descriptor):
        monkeypatch.setattr(os, "close", close)
        close(descriptor)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "close", closed)


@pytest.mark.usefixtures("interrupted")
@pytest.mark.parametrize("depth", ["gone", "gone/a/b"])
def test_an_interrupt_is_not_lost_while_a_folder_is_removed(tmp_path, depth):
    (tmp_path / depth).mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt), contextlib.suppress(OSError):
        files.discard(tmp_path / "gone")


def test_what_cannot_be_removed_stays(tmp_path):
    (tmp_path / "file").write_text("")
    files.discard(tmp_path / "none")
    files.discard(tmp_path / "file")
    assert (tmp_path / "file").exists()


def test_what_an_earlier_version_kept_is_removed(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    for name in ("answers", "built", "solved", "compiled", "unpacked"):
        (files.cache(name) / "kept").write_text("x")
    (files.cache() / "answers.lock").touch()
    files.discard_obsolete()
    files.discard_obsolete()
    assert {path.name for path in files.cache().iterdir()} == {"compiled", "unpacked"}
