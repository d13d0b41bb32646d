"""Two set-ups in one clone: one waits; a killed one is not waited for, but its children are."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscraft.paths import ROOT
from crosscraft.setup import bootstrap
from crosscraft.system import locks

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
