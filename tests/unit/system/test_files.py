"""Writing in one step, and one lock for each subject."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from crosscraft.errors import StorageError
from crosscraft.system import files, locks, storage_errors


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


_HOLD = """
import sys
from crosscraft.system import files, locks
with locks.lock("the channel"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder() -> subprocess.Popen[str]:
    """Another process that holds the lock until it is sent a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD], stdin=-1, stdout=-1, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_lock_of_a_dead_process_is_free(holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    waits: list[str] = []
    with locks.lock("the channel", waits.append):
        assert waits == []


def test_waiting_says_for_what(holder: subprocess.Popen[str]) -> None:
    waits: list[str] = []

    def release(text: str) -> None:
        waits.append(text)
        assert holder.poll() is None
        assert holder.stdin is not None
        holder.stdin.write("\n")
        holder.stdin.flush()

    with locks.lock("another thing", waits.append):
        assert waits == []
    with locks.lock("the channel", release):
        assert len(waits) == 1
        assert "the channel" in waits[0]
    holder.communicate()


def test_lock_excludes_threads_too() -> None:
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with locks.lock("x", lambda text: waiting.set()):
            order.append("second")

    with locks.lock("x"):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_lock_is_released_by_an_error() -> None:
    with pytest.raises(ZeroDivisionError), locks.lock("x"):
        raise ZeroDivisionError
    with locks.lock("x", pytest.fail):
        pass


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, ("the disk is full", "Free some space")),
        (errno.EDQUOT, ("quota", "Free some space")),
        (errno.EACCES, ("permission denied", "Choose a folder")),
        (errno.EROFS, ("read-only", "Choose a folder")),
        (errno.EPERM, ("not permitted", "Choose a folder")),
    ],
)
def test_explained(number: int, words: tuple[str, str]) -> None:
    explained = storage_errors.explain(OSError(number, os.strerror(number), "/some/file"))
    assert explained is not None
    # What lacks permission may have been read: only of a full disk we know that it was written.
    doing = "opened" if number in (errno.EACCES, errno.EPERM) else "written"
    assert str(explained).startswith(f"/some/file could not be {doing}: ")
    assert all(word in str(explained) for word in words)
    assert storage_errors.explain(OSError(number, "x")) is not None


def test_any_file_that_cannot_be_used_is_named() -> None:
    explained = storage_errors.explain(FileNotFoundError(errno.ENOENT, "No such file", "y"))
    assert str(explained).startswith("'y' cannot be used: no such file.")


def test_not_explained() -> None:
    assert storage_errors.explain(FileNotFoundError(errno.ENOENT, "x")) is None
    assert storage_errors.explain(OSError("no number at all")) is None


def test_real_full_disk_is_explained() -> None:
    with pytest.raises(OSError) as caught, open("/dev/full", "w") as full:
        full.write("x" * 100_000)
    explained = storage_errors.explain(caught.value)
    assert explained is not None
    assert "disk is full" in str(explained)


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


def test_a_lock_leaves_no_file() -> None:
    with locks.lock("x"):
        assert len(list(files.cache("locks").iterdir())) == 1
    assert list(files.cache("locks").iterdir()) == []


def test_a_lock_that_is_busy_is_not_waited_for(holder: subprocess.Popen[str]) -> None:
    with locks.lock_if_free("the channel") as free:
        assert not free
    with locks.lock_if_free("another thing") as free:
        assert free
        with locks.lock_if_free("another thing") as twice:
            assert not twice
    holder.communicate("\n")


def test_waiting_says_again_for_how_long_but_not_in_a_lesson(
    holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def release(text: str) -> None:
        said.append(text)
        if len(said) == 3 and holder.stdin is not None:
            holder.stdin.write("\n")
            holder.stdin.flush()

    with locks.lock("the channel", release, patience=0.01):
        assert [text.split()[0] for text in said[:3]] == ["waiting", "still", "still"]
    holder.communicate()

    monkeypatch.setenv("CROSSCRAFT_LESSON", "5")
    thread_said: list[str] = []
    with locks.lock("x"):
        thread = threading.Thread(target=_take, args=(thread_said,))
        thread.start()
        thread.join(0.5)
    thread.join(10)
    assert len(thread_said) == 1


def _take(said: list[str]) -> None:
    with locks.lock("x", said.append, patience=0.01):
        pass


_OUTLIVED = """
import sys
from crosscraft.system import locks, processes
with locks.lock("the channel") as lock:
    child = processes.start(["sleep", "60"], pass_fds=[lock] if sys.argv[1] == "share" else [])
    print(child.process.pid, flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("shared", ["share", "alone"])
def test_a_child_that_outlives_its_parent_holds_a_shared_lock(shared: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _OUTLIVED, shared], stdin=-1, stdout=-1, text=True
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    process.kill()
    process.communicate()
    with locks.lock_if_free("the channel") as free:
        assert free == (shared == "alone")
    os.kill(child, signal.SIGKILL)
    with locks.lock("the channel"):
        pass


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOLCK, "no locks"), (errno.EROFS, "read-only")]
)
def test_a_lock_that_cannot_be_is_explained_in_a_line(
    monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StorageError, match=words) as caught, locks.lock("the channel"):
        pytest.fail("it was taken")
    assert "the lock on the channel cannot be taken" in str(caught.value)
    assert "CROSSCRAFT_CACHE" in caught.value.remedy


def test_a_cache_that_cannot_be_made_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_CACHE", "/proc/nothing")
    with pytest.raises(StorageError, match=r"the cache folder '/proc/nothing/x' cannot be made"):
        files.cache("x")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("E: Write error - write (28: No space left on device)", "the disk is full"),
        ("failed to link: Read-only file system (os error 30)", "read-only"),
        ("Permission denied (os error 13)", "permission denied"),
    ],
)
def test_words_of_tools_are_explained(said: str, words: str) -> None:
    explained = storage_errors.explain_words(said, "the channel could not be indexed")
    assert explained is not None
    assert str(explained).startswith("the channel could not be indexed: ")
    assert words in str(explained)
    assert storage_errors.explain_words("E: no such package", "x") is None


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
