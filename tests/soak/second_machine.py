"""A second machine, set up from a bundle with no network at all."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from crosscraft.setup import make_bundle
from crosscraft.system.console import Console

WANTED = ("x86_64: 1 + 2 = 3", "aarch64: 1 + 2 = 3")
"""How `make build` ends."""


def set_up(rounds: int) -> dict[str, int | float]:
    """Make a bundle and unpack its repository with tar. Then run `make build BUNDLE=…` there with
    an empty HOME, in a network namespace in which not even loopback is up."""
    megabytes = 0.0
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as scratch:
            megabytes = _second_machine(Path(scratch))
    return {"tried": rounds, "survived": rounds, "megabytes": megabytes}


def _second_machine(folder: Path) -> float:
    """Set a second machine up, and return the bundle's megabytes."""
    carried = folder / "carried.tar"
    with Console() as console:
        make_bundle.make(carried, console)
    subprocess.run(["tar", "-xf", carried, "crosscraft/"], cwd=folder, check=True)
    home = folder / "home"
    home.mkdir()
    python = getattr(sys, "_base_executable", sys.executable)
    argv = ["unshare", "-rn", "make", "build", f"BUNDLE={carried}", f"PYTHON={python}"]
    with subprocess.Popen(
        argv,
        cwd=folder / "crosscraft",
        env={"HOME": str(home), "PATH": os.environ["PATH"], "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [line.rstrip("\n") for line in process.stdout if print(line, end="") is None]
    assert process.returncode == 0, f"exit status {process.returncode}"
    assert tuple(lines[-2:]) == WANTED, lines[-2:]
    left = [path.name for path in (folder / "crosscraft").glob(".bundle-*")]
    assert not left, left
    return round(carried.stat().st_size / 1e6)
