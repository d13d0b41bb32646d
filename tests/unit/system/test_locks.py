"""Two set-ups in one clone: one waits; a killed one is not waited for, but its children are."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscraft.errors import StorageError
from crosscraft.paths import ROOT
from crosscraft.setup import bootstrap
from crosscraft.system import files, locks

HOLD = """
import subprocess, sys
from pathlib import Path
from crosscraft.system import locks
with locks.hold_clone(Path(sys.argv[1]), lambda text: print(text, flush=True)) as lock:
    if "with-child" in sys.argv:
        # It ends when what it was given to read ends, which is when this test says so.
        subprocess.Popen(["cat"], pass_fds=[lock], stdout=subprocess.DEVNULL)
    print("held", flush=True)
    if "wait" in sys.argv:
        sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


class Holders:
    """Processes that take the lock, ended with the test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.all: list[subprocess.Popen[str]] = []

    def start(self, *how: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(self.path), *how],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        self.all.append(process)
        return process


@pytest.fixture
def holders(path: Path) -> Iterator[Holders]:
    made = Holders(path)
    yield made
    for process in made.all:
        process.kill()
        with process, contextlib.suppress(BrokenPipeError):
            assert process.stdin is not None
            process.stdin.close()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def test_one_waits_and_says_for_what(holders: Holders) -> None:
    first = holders.start("wait")
    assert line(first) == "held"
    second = holders.start()
    assert line(second) == f"waiting for another set-up of this clone (process {first.pid})"
    assert first.communicate(timeout=30)[0] == ""
    assert line(second) == "held"


def test_a_dead_owners_lock_is_free(holders: Holders, path: Path) -> None:
    first = holders.start("wait")
    assert line(first) == "held"
    first.send_signal(signal.SIGKILL)
    first.wait(30)
    said: list[str] = []
    with locks.hold_clone(path, said.append):
        assert not said
        assert path.read_text() != f"{first.pid}\n"


def test_what_a_dead_owner_left_running_is_waited_for(holders: Holders) -> None:
    first = holders.start("wait", "with-child")
    assert line(first) == "held"
    first.send_signal(signal.SIGKILL)
    first.wait(30)
    second = holders.start()
    assert line(second) == f"waiting for another set-up of this clone (process {first.pid})"
    assert first.stdin is not None
    first.stdin.close()  # the child ends
    assert line(second) == "held"


def test_lock_is_no_link(path: Path) -> None:
    precious = path.with_name("precious")
    precious.write_text("mine")
    path.symlink_to(precious)
    with pytest.raises(OSError, match="symbolic link"), locks.hold_clone(path, print):
        pass
    assert precious.read_text() == "mine"


def test_set_up_holds_it_and_its_children_keep_it(tmp_path: Path) -> None:
    """Of two set-ups that are begun at once, the second finds all done."""
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from crosscraft.setup import bootstrap
        from crosscraft.system import processes
        bootstrap.ROOT = Path(sys.argv[1])
        def set_up(channel, carried, lock):
            # A child that is given the lock has it; one that is not, has it not.
            look = ["test", "-e", f"/proc/self/fd/{lock}"]
            assert processes.run(look, pass_fds=[lock]).status == 0
            assert processes.run(look, check=False).status == 1
            print("in", flush=True)
            sys.stdin.readline()
            print("out", flush=True)
        bootstrap.set_up = set_up
        sys.argv[1:] = []
        sys.exit(bootstrap.main())
        """
    )
    log = tmp_path / "log"
    with log.open("w") as file:
        both = [
            subprocess.Popen(
                [sys.executable, "-c", script, str(tmp_path)],
                stdin=subprocess.PIPE, stdout=file, stderr=file, text=True, cwd=ROOT,
            )
            for _ in range(2)
        ]  # fmt: skip
        for process in both:  # either may be first
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in both:
            process.communicate(timeout=120)
    assert [process.returncode for process in both] == [0, 0], log.read_text()
    said = [text for text in log.read_text().splitlines() if not text.startswith("waiting")]
    assert said == ["in", "out", "in", "out"]
    assert (tmp_path / bootstrap.LOCK).exists()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


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


def test_a_shared_lock_is_free_when_the_last_has_left(path: Path) -> None:
    first, second = locks.share(path), locks.share(path)
    assert locks.hold(path) is None
    os.close(first)
    assert locks.hold(path) is None
    os.close(second)
    held = locks.hold(path)
    assert held is not None
    locks.release(held, path)
