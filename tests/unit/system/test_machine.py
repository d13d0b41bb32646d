"""Memory and processes, compared with what we know of our own."""

from __future__ import annotations

import os
import subprocess
import sys

from crosscraft.system import machine

HELD = 50_000_000
"""Bytes that a child holds."""


def test_the_machine_has_cores_and_memory() -> None:
    assert 1 <= machine.cores() <= (os.cpu_count() or 1)
    assert 0 < machine.available_memory() < machine.memory()


def test_a_process_takes_at_least_what_it_holds() -> None:
    code = f"held = bytes([1]) * {HELD}; print('ready', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert HELD < machine.memory_of(child.pid) < HELD + 100_000_000
        assert child.pid in machine.descendants(os.getpid())
        child.communicate(b"\n")
    assert machine.memory_of(child.pid) == 0
    assert child.pid not in machine.descendants(os.getpid())


def test_the_children_of_a_child_are_descendants() -> None:
    command = "sleep 60 & echo $!; wait"
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        assert {child.pid, grandchild} <= set(machine.descendants(os.getpid()))
        os.kill(grandchild, 15)
