"""What the hub's benchmark counts: each byte of a home once, each process for its learner."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crosscraft.paths import ROOT

pytest.importorskip("psutil", reason="psutil is not installed: `make test-hub` does that")
sys.path.insert(0, str(ROOT / "benchmarks"))
import hub_usage

PROGRAM = """
import subprocess, sys
memory = bytearray(b"x" * 60_000_000)
if len(sys.argv) > 1:
    subprocess.Popen([sys.executable, "-c", sys.orig_argv[2]])
print("ready", flush=True)
sys.stdin.read()
"""
"""Takes 60 MB, and waits for its input to end; with an argument it starts another one."""


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    packages = tmp_path / ".cache/crosscraft/unpacked"
    environment = tmp_path / ".cache/crosscraft/environments/a"
    workspace = tmp_path / "crosscraft/workspace"
    for folder in (packages, environment, workspace):
        folder.mkdir(parents=True)
    (packages / "lib").write_bytes(b"x" * 100_000)
    (environment / "lib").hardlink_to(packages / "lib")
    (workspace / "own").write_bytes(b"x" * 50_000)
    parts = hub_usage.disk(tmp_path)
    assert parts["packages, unpacked"] > 100_000
    assert parts["environments"] < 50_000
    assert 50_000 < parts["workspace"] < 100_000


def test_a_learner_is_their_server_and_what_it_started() -> None:
    """This process is the hub; its child says that it is a server, and starts one more."""
    argv = [sys.executable, "-c", PROGRAM, "singleuser"]
    env = os.environ | {"JUPYTERHUB_USER": "ada"}
    with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        for _ in range(2):
            server.stdout.readline()
        watch = hub_usage.Watch(os.getpid())
        watch.look()
        assert server.stdin is not None
        server.stdin.close()
    assert set(watch.learners) == {"ada"}
    used = watch.learners["ada"]
    assert 120e6 < used.pss <= used.rss
    assert used.cpu > 0
    assert watch.together == used.pss
    assert watch.house.pss > 0
