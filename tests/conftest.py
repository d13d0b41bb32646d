"""What the tests share: the command line as a user calls it, and the answer key, built once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from crosscraft import ROOT

CROSSCRAFT = Path(sys.executable).with_name("crosscraft")

Call = Callable[..., "subprocess.CompletedProcess[str]"]


def call(
    *argv: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``crosscraft argv…`` and return what it said, without judging its status."""
    return subprocess.run(
        [str(CROSSCRAFT), *map(str, argv)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(name="crosscraft")
def _crosscraft() -> Call:
    """The command line."""
    return call


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the answer key, without what was built in it."""
    return copy_project(tmp_path / "cpp_math")


def copy_project(target: Path) -> Path:
    shutil.copytree(ROOT / "cpp_math", target, ignore=shutil.ignore_patterns("output", "build"))
    return target


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answer key's folder, built for linux-64 and linux-aarch64 into ``output``."""
    folder = copy_project(tmp_path_factory.mktemp("built") / "cpp_math")
    for platform in ("linux-64", "linux-aarch64"):
        done = call("build", "--target-platform", platform, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder
