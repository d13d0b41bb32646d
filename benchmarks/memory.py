"""The job about memory: a learner's JupyterLab with one notebook open, against a bare one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from jupyter_client.blocking.client import BlockingKernelClient

from benchmarks.builds import CROSSCRAFT
from benchmarks.side_by_side import ENVIRONMENT, Action, Job
from crosscraft.paths import ROOT
from crosscraft.system.machine import descendants, memory_of

_PATIENCE = 120
"""Seconds until a server that does not answer is given up."""
_TOKEN = "bench"
_LESSON = "from crosscraft import lesson, views, render\nlesson.begin(2)"


def learner(folder: Path) -> Action:
    """`crosscraft lab`, with a kernel in which a lesson has begun."""
    return _megabytes([CROSSCRAFT, "lab"], folder, _LESSON)


def bare(folder: Path) -> Action:
    """`jupyter lab`, with a kernel that has run one line."""
    argv = [str(Path(sys.executable).with_name("jupyter-lab"))]
    argv += ["--LanguageServerManager.autodetect=False"]  # or the search is measured
    return _megabytes(argv + ["--allow-root"] * (os.geteuid() == 0), folder, "1 + 1")


def _megabytes(argv: list[str], folder: Path, code: str) -> Action:
    def action() -> float:
        with tempfile.TemporaryFile() as log:
            options = ["--no-browser", "--port=0", f"--IdentityProvider.token={_TOKEN}"]
            env = ENVIRONMENT | {"CROSSCRAFT_WORKSPACE": str(folder / "workspace")}
            env["JUPYTER_RUNTIME_DIR"] = str(folder / "runtime")
            with subprocess.Popen(
                [*argv, *options], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
            ) as server:
                try:
                    _run(_start_kernel(folder), folder, code)
                    return sum(map(memory_of, [server.pid, *descendants(server.pid)])) / 1e6
                finally:
                    os.killpg(server.pid, signal.SIGTERM)

    return action


def _start_kernel(folder: Path) -> str:
    """Ask the server for a kernel, when it answers, and return the kernel's id."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        for path in folder.glob("runtime/jpserver-*.json"):
            with suppress(OSError, ValueError):
                url = json.loads(path.read_text())["url"]
                headers = {"Authorization": f"token {_TOKEN}"}
                asked = urllib.request.Request(f"{url}api/kernels", b"{}", headers)
                with urllib.request.urlopen(asked, timeout=60) as answer:
                    return str(json.load(answer)["id"])
        time.sleep(0.1)
    sys.exit("JupyterLab did not answer")


def _run(kernel: str, folder: Path, code: str) -> None:
    """Run `code` in the kernel, to its end."""
    connection = folder / "runtime" / f"kernel-{kernel}.json"
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=_PATIENCE)
    try:
        reply = client.execute_interactive(code, timeout=_PATIENCE, output_hook=lambda _: None)
    finally:
        client.stop_channels()
    if reply["content"]["status"] != "ok":
        sys.exit(f"the kernel failed: {reply['content']}")


JOBS = (
    Job(
        "memory",
        "memory of a learner with one notebook",
        "jupyter lab and a kernel",
        1.2,
        learner,
        bare,
        unit="MB",
    ),
)
