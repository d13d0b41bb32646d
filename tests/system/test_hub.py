"""A hub for real: two learners log in, start their servers, and run a notebook at once."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crosscraft.paths import ROOT

sys.path.insert(0, str(ROOT / "deploy" / "local"))
import proxy


def lacking() -> str:
    """What this machine lacks for a hub; nothing if it lacks nothing."""
    for package in ("jupyterhub", "psutil"):
        if importlib.util.find_spec(package) is None:
            return f"{package} is not installed: `make test-hub` does that"
    if not (proxy.HERE / "node_modules").is_dir():
        return proxy.missing() or "the proxy is not installed: `make test-hub` does that"
    return ""


@pytest.mark.hub
@pytest.mark.skipif(bool(lacking()), reason=lacking())
def test_two_learners_run_a_notebook_at_once(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    argv = [sys.executable, str(ROOT / "benchmarks" / "hub_learners.py")]
    argv += ["--learners", "2", "--notebooks", "00", "--json", str(figures)]
    env = {name: value for name, value in os.environ.items() if name != "CROSSCRAFT_WORKSPACE"}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = json.loads(figures.read_text())
    cells = json.loads((ROOT / "notebooks" / "00-check-machine.ipynb").read_text())["cells"]
    assert found["cells"] == 2 * sum(cell["cell_type"] == "code" for cell in cells)
    assert found["together"] > found["pss"] > 50e6
