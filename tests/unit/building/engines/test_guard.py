"""A program that takes the place of the guard ends when nobody reads its output any more."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

GUARD = [sys.executable, "-P", "-m", "crosscraft.building.engines.guard"]


def start(*argv: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*GUARD, *argv], stdout=subprocess.PIPE, start_new_session=True)


def test_it_becomes_the_program() -> None:
    with start("/bin/sh", "-c", "echo $$; exit 7") as program:
        assert program.stdout is not None
        assert program.stdout.read() == f"{program.pid}\n".encode()
        assert program.wait(10) == 7


def test_the_program_and_its_children_end_with_the_reader() -> None:
    alive, held_open = os.pipe()
    os.set_inheritable(held_open, True)
    program = subprocess.Popen(
        [*GUARD, "/bin/sh", "-c", "sleep 300 & echo begun; wait"],
        stdout=subprocess.PIPE,
        start_new_session=True,
        close_fds=False,
    )
    os.close(held_open)
    assert program.stdout is not None
    assert program.stdout.readline() == b"begun\n"
    program.stdout.close()  # as the kernel does for a parent that was killed
    assert program.wait(10) == -signal.SIGKILL
    ended, _, _ = select.select([alive], [], [], 10)
    os.close(alive)
    if not ended:
        os.killpg(program.pid, signal.SIGKILL)
    assert ended, "not all of them have let go of it"
