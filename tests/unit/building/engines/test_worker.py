"""The child process of a build: it ends, compilers and all, when nobody waits for it any more."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crosscraft.platforms import native
from crosscraft.system import locks

_RECIPE = """\
package:
  name: slow
  version: 1
build:
  noarch: generic
  script:
    - touch {folder}/begun
    - sleep 300
"""


def test_one_that_gets_no_work_ends_at_once() -> None:
    argv = [sys.executable, "-P", "-m", "crosscraft.building.engines.worker"]
    done = subprocess.run(
        argv, input=b"", capture_output=True, timeout=60, start_new_session=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.builds
def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(_RECIPE.format(folder=tmp_path))
    (tmp_path / "scratch").mkdir()
    (tmp_path / "empty" / "noarch").mkdir(parents=True)
    (tmp_path / "empty" / "noarch" / "repodata.json").write_text("{}")
    held = locks.hold(tmp_path / "held")
    assert held is not None
    request = {
        "recipe": str(tmp_path / "recipe.yaml"),
        "build": native().subdir,
        "target": native().subdir,
        "channels": [(tmp_path / "empty").as_uri()],
        "test": "skip",
        "scratch": str(tmp_path / "scratch"),
        "environment": {**os.environ, "RATTLER_CACHE_DIR": str(tmp_path / "cache")},
    }
    # The kernel tells when all have ended: each of them has the lock's file open.
    worker = subprocess.Popen(
        [sys.executable, "-P", "-m", "crosscraft.building.engines.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=[held],
    )
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write(json.dumps(request).encode())
    worker.stdin.close()
    while not (tmp_path / "begun").exists():
        assert worker.poll() is None, worker.stdout.read()
        time.sleep(0.05)
    os.close(held)
    assert locks.hold(tmp_path / "held") is None
    worker.stdout.close()  # as the kernel does for a parent that was killed
    assert worker.wait(30) == -signal.SIGKILL
    while locks.hold(tmp_path / "held") is None:
        time.sleep(0.05)
