"""The jobs about starting: commands that answer at once, and JupyterLab."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from benchmarks.builds import CROSSCRAFT, build
from benchmarks.side_by_side import ENVIRONMENT, Action, Job, Prepare, call
from crosscraft import platforms
from crosscraft.paths import ROOT

_PATIENCE = 120.0
"""Seconds until a page that does not answer is given up."""
_LOOK = 0.02
"""Seconds between two looks at it."""


def _helping(folder: Path) -> Action:
    return lambda: call([CROSSCRAFT, "--help"])


def _inspecting() -> Prepare:
    made: list[Path] = []

    def prepare(folder: Path) -> Action:
        if not made:
            build(platforms.native().subdir)(folder)()
            (package,) = folder.glob("output/linux-*/cpp_math*.conda")
            made.append(_kept(package))
        return lambda: call([CROSSCRAFT, "inspect", str(made[0])])

    return prepare


def _kept(package: Path) -> Path:
    target = ROOT / "build" / "bench" / package.name
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(package, target))


def _passing(folder: Path) -> Action:
    return lambda: call([sys.executable, "-c", "pass"])


def make_lab(folder: Path) -> Action:
    """`make lab` in a clone that is set up."""
    return _answering(["make", "lab"], "LAB_ARGS={options}")


def jupyter_lab(folder: Path) -> Action:
    """`jupyter lab` alone, on the same notebooks."""
    program = str(Path(sys.executable).with_name("jupyter-lab"))
    root = ["--allow-root"] if os.geteuid() == 0 else []
    return _answering([program, *root], "{options}")


def _answering(argv: list[str], form: str) -> Action:
    """What starts a server, waits until its page answers, and ends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=bench"]
    words = [form.format(options=" ".join(options))] if "=" in form else options
    url = f"http://127.0.0.1:{port}/lab?token=bench"

    def action() -> float:
        started = time.perf_counter()
        with subprocess.Popen(
            [*argv, *words],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as server:
            try:
                while time.perf_counter() - started < _PATIENCE and server.poll() is None:
                    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=30):
                        return time.perf_counter() - started
                    time.sleep(_LOOK)
                sys.exit(f"{argv[0]} did not answer")
            finally:
                os.killpg(server.pid, signal.SIGKILL)

    return action


JOBS = (
    Job("help", "crosscraft --help", "python -c pass", 6, _helping, _passing),
    Job("inspect", "crosscraft inspect FILE", "python -c pass", 16, _inspecting(), _passing),
    Job("lab", "make lab again, until its page answers", "jupyter lab", 1.4, make_lab, jupyter_lab),
)
