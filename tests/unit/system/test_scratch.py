"""Scratch folders: gone with their owner, however that one ends, and never under a living one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from crosscraft.system import files, locks, scratch

_WORK = """
import sys
from pathlib import Path
from crosscraft.system import processes
from crosscraft.system import scratch
with scratch.folder(Path(sys.argv[1]), "build-") as made:
    (made.path / "file").write_text("x")
    if len(sys.argv) > 2:
        child = processes.start(["sleep", "60"], pass_fds=[made.lock])
        print(child.process.pid, flush=True)
    print("made", flush=True)
    sys.stdin.readline()
"""


def begin(parent: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WORK, str(parent), *more], stdin=-1, stdout=-1, text=True
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_it_goes_with_the_context(tmp_path: Path) -> None:
    with scratch.folder(tmp_path, "build-") as made:
        (made.path / "file").touch()
        assert made.path.parent == tmp_path
    with pytest.raises(ZeroDivisionError), scratch.folder(tmp_path, "build-"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_killed_owners_is_removed_by_the_next_and_a_living_ones_is_not(tmp_path: Path) -> None:
    killed, living = begin(tmp_path), begin(tmp_path)
    assert line(killed) == line(living) == "made"
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert len(list(tmp_path.glob("*/file"))) == 2
    with scratch.folder(tmp_path, "build-"):
        assert len(list(tmp_path.glob("*/file"))) == 1
    assert len(list(tmp_path.glob("*/file"))) == 1
    living.communicate("\n")
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_outlives_the_owner_keeps_it(tmp_path: Path) -> None:
    killed = begin(tmp_path, "with a child")
    child = int(line(killed))
    assert line(killed) == "made"
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    scratch.sweep(tmp_path, "build-")
    (kept,) = tmp_path.glob("*/file")
    lock = kept.parent.with_name(f"{kept.parent.name}.lock")
    os.kill(child, signal.SIGKILL)
    while (held := locks.hold(lock)) is None:
        pass  # the kernel closes its files in a moment
    os.close(held)
    scratch.sweep(tmp_path, "build-")
    assert list(tmp_path.iterdir()) == []


def test_a_file_written_while_it_goes_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    discard = files.discard

    def and_write(folder: Path) -> None:
        discard(folder)
        folder.mkdir()
        (folder / "late").touch()

    with monkeypatch.context() as patched:
        patched.setattr(files, "discard", and_write)
        with scratch.folder(tmp_path, "build-"):
            pass
    assert len(list(tmp_path.glob("*/late"))) == 1
    scratch.sweep(tmp_path, "build-")
    assert list(tmp_path.iterdir()) == []


def test_one_of_an_earlier_version_goes_when_it_is_old(tmp_path: Path) -> None:
    for name in ("build-new", "build-old"):
        (tmp_path / name).mkdir()
    os.utime(tmp_path / "build-old", (1, 1))
    scratch.sweep(tmp_path, "build-")
    assert [path.name for path in tmp_path.iterdir()] == ["build-new"]


def test_many_at_once_never_lose_theirs(tmp_path: Path) -> None:
    lost = []

    def work() -> None:
        for _ in range(30):
            with scratch.folder(tmp_path, "build-") as made:
                if not made.path.is_dir():
                    lost.append(made)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    assert list(tmp_path.iterdir()) == []
