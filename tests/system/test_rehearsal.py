"""`crosscraft doctor --seats`: a small room for real, and one that is interrupted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.commands import CROSSCRAFT, run


def running_in(folder: Path) -> Iterator[int]:
    """The processes whose environment or command line names `folder`."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            said = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            if os.fsencode(folder) in said and int(process.name) != os.getpid():
                yield int(process.name)


def rooms(cache: Path) -> list[str]:
    return [path.name for path in cache.glob("room-*")]


@pytest.mark.builds
@pytest.mark.emulates
def test_two_learners_build_and_run_at_once(cache: Path) -> None:
    env = os.environ | {"CROSSCRAFT_CACHE": str(cache)}
    done = run([CROSSCRAFT, "doctor", "--seats", "2"], env=env)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "2 learners begin lesson 00, all at once"
    # A machine that does something else meanwhile may be too slow for two.
    fits = re.fullmatch(r"2 fit\. The first limit is \w+, at about \d+\.", lines[-1])
    limited = re.fullmatch(r"The first limit is time\. About [01] of 2 fit\.", lines[-1])
    assert fits or limited
    assert done.returncode == (0 if fits else 1)
    assert "did not finish" not in done.stdout
    seconds = [float(s) for s in re.findall(r"([\d.]+) s\b", done.stdout)]
    assert len(seconds) == 4
    assert min(seconds) > 0.5
    shares = [float(size) for size in re.findall(r"([\d.]+) GB$", done.stdout, re.M)]
    assert len(shares) == 2
    assert all(0.05 < share < 2 for share in shares)
    assert rooms(cache) == []


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files whose path is short, as a socket's has 107 bytes or fewer."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.builds
def test_an_interrupt_leaves_nothing(cache: Path, temporary: Path) -> None:
    env = os.environ | {"CROSSCRAFT_CACHE": str(cache), "TMPDIR": str(temporary)}
    with subprocess.Popen(
        [CROSSCRAFT, "doctor", "--seats", "1"], env=env, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            until = time.monotonic() + 120
            while not list(cache.glob("room-*/*/workspace/project/first/output")):
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < until
                time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=60)
        finally:
            process.kill()
            left = list(running_in(temporary))
            for number in left:
                os.kill(number, signal.SIGKILL)
    assert process.returncode == 130
    assert error.strip().splitlines() == [  # click ends the line that a terminal shows ^C on
        "crosscraft: interrupted. No partial result was kept. Run the command again to continue."
    ]
    assert left == []
    assert rooms(cache) == []
    assert list(temporary.iterdir()) == []
