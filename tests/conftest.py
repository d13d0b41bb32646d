"""What the tests share: the command line as a user calls it, and the answer key, built once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from crosscraft.system import files
from tests.support import host_tools
from tests.support.commands import CROSSCRAFT, Call, call
from tests.support.projects import GEOMETRY_RECIPE, GEOMETRY_SOURCE, copy_project

settings.register_profile(
    "short",
    max_examples=100,
    deadline=timedelta(seconds=10),
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "soak", settings.get_profile("short"), max_examples=5000, derandomize=False, print_blob=True
)
settings.load_profile("short")

SECRET = "hunter2-do-not-leak"
"""Planted in the environment that the answer key is built in."""

Make = Callable[..., Path]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make soak` gives the first option, and `make test-hub` takes it for a room of 30.
    `make test-answers` gives the second one."""
    parser.addoption("--soak", action="store_true", help="run the long form of each job")
    parser.addoption("--more-answers", action="store_true", help="hand in what make test does not")


@pytest.fixture(name="crosscraft")
def _crosscraft() -> Call:
    """The command line."""
    return call


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of our own, so that we see what stays in it.

    It has the machine's local channel, and what ccache keeps: nobody compiles nanobind twice.
    """
    folder = tmp_path_factory.mktemp("cache")
    for name in ("channels", "compiled"):
        (folder / name).symlink_to(files.cache(name))
    return folder


def _of_all_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The temporary folder that the workers of a run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything a test runs uses the cache of our own."""
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(cache))
    return cache


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the answer key, without what was built in it."""
    return copy_project(tmp_path / "cpp_math")


@pytest.fixture
def make_project(tmp_path: Path) -> Make:
    """Write a project with a recipe at its root and other files; it compiles in a second."""

    def make(recipe: str | bytes, name: str = "tiny", **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        data = recipe if isinstance(recipe, bytes) else recipe.encode()
        (folder / "recipe.yaml").write_bytes(data)
        for stem, text in files.items():
            (folder / f"{stem}.cpp").write_text(text)
        return folder

    return make


@pytest.fixture
def geometry(make_project: Make) -> Path:
    """A project unlike the answer key: other names, one output, recipe at its root, no CMake."""
    return make_project(GEOMETRY_RECIPE, "geometry", geometry=GEOMETRY_SOURCE)


@dataclass
class Building:
    """The answer key, built for one platform after the other, and what was seen meanwhile."""

    folder: Path
    """The project."""
    said: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    """By platform: each line, and when it arrived."""
    files: dict[str, dict[str, tuple[int, int, str]]] = field(default_factory=dict)
    """By platform: the packages in the output after it, each with inode, time and checksum."""
    called: Path = Path()
    """Where each of the machine's own tools wrote its name when it was called."""
    env: dict[str, str] = field(default_factory=dict)
    """The environment of the builds."""

    def text(self, platform: str) -> str:
        return "\n".join(line for _, line in self.said[platform])


@pytest.fixture(scope="session")
def building(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Building:
    """The answer key, built with nothing but failing compilers on PATH, for both platforms.

    The workers of a run share it: one builds, and the others wait.
    """
    root = _of_all_workers(tmp_path_factory) / "answer-key"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = root / "building.pickle"
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_build_both(root, cache)))
        made: Building = pickle.loads(kept.read_bytes())
        return made


def _build_both(root: Path, cache: Path) -> Building:
    made = Building(copy_project(root / "cpp_math"), called=root / "called")
    made.env = {
        **os.environ,
        "PATH": host_tools.failing(root / "host-tools", made.called),
        "CROSSCRAFT_CACHE": str(cache),
        "FAKE_TOKEN": SECRET,
        "GITHUB_TOKEN": SECRET,
    }
    made.env.pop("PYTHONUNBUFFERED", None)  # it would flush what crosscraft forgets to
    for platform in ("linux-64", "linux-aarch64"):
        _build(made, platform)
    return made


def _build(made: Building, platform: str) -> None:
    said = made.said[platform] = []
    with subprocess.Popen(
        [str(CROSSCRAFT), "build", "--target-platform", platform],
        cwd=made.folder,
        env=made.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append((time.monotonic(), line.rstrip("\n")))
    assert process.returncode == 0, made.text(platform)
    made.files[platform] = {
        str(path.relative_to(made.folder / "output")): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(made.folder.glob("output/*/*.conda"))
    }


@pytest.fixture(scope="session")
def built(building: Building) -> Path:
    """The answer key's folder, built for linux-64 and linux-aarch64 into ``output``."""
    return building.folder


def _unshare(flags: str) -> list[str]:
    """What goes before a command that gets a namespace of its own, if this machine allows it."""
    argv = ["unshare", flags]
    done = subprocess.run([*argv, "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"`unshare {flags}` is not allowed here")
    return argv


@pytest.fixture
def offline() -> list[str]:
    """What goes before a command that is to have no network at all."""
    return _unshare("-rn")


@pytest.fixture
def own_mounts() -> list[str]:
    """What goes before a command that may mount file systems of its own."""
    return _unshare("-rm")
