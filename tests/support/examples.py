"""The projects of examples/: how each is built and used, and what is known of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from crosscraft.lessons.answer_key import start_task
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup
from crosscraft.system import tracked
from tests.support import host_tools
from tests.support.added import need_for
from tests.support.commands import call, run

FOLDER = ROOT / "examples"
PLATFORMS = ("linux-64", "linux-aarch64")


@dataclass(frozen=True)
class Example:
    """What is known of an example."""

    answer: str
    """What its task ``start`` prints, on every platform."""
    program: str = ""
    """Lines of a user, with an error that only a type checker sees. Empty without types."""


EXAMPLES: dict[str, Example] = {
    "c-library": Example(
        "3e7258ec 794 of 1510 LICENSE",
        "import zsum\n"
        "checksum, size = zsum.of(b'crosscraft')\n"
        "zsum.of('crosscraft')  # type: ignore[arg-type]\n",
    ),
    "cython-numpy-meson": Example(
        "[1.5, 3.0, 6.0]",
        "import rolling\n"
        "first: float = float(rolling.mean([1, 2], 2)[0])\n"
        "rolling.mean([1, 2], 'two')  # type: ignore[arg-type]\n",
    ),
    "generated-tables": Example("0 5000 10000 -10000"),
    "nanobind-scikit-build": Example(
        "[2, 3, 5, 7, 11, 13, 17, 19]",
        "import primes\n"
        "smallest: int = primes.below(20)[0]\n"
        "primes.below('20')  # type: ignore[arg-type]\n",
    ),
    "pybind11-cmake": Example(
        "14.0",
        "import rpn\n"
        "answer: float = rpn.Calculator().run('3 4 +')\n"
        "rpn.Calculator().push('3')  # type: ignore[arg-type]\n",
    ),
    "setuptools-c": Example(
        "3",
        "import edit_distance\n"
        'letters: int = edit_distance.distance("kitten", "sitting")\n'
        "edit_distance.distance(1, 2)  # type: ignore[arg-type]\n",
    ),
}
"""Each folder of examples/."""


@dataclass(frozen=True)
class Built:
    """An example, built for one platform."""

    name: str
    project: Path
    platform: str
    cache: Path

    @property
    def known(self) -> Example:
        return EXAMPLES[self.name]

    def call(self, *argv: str | Path) -> subprocess.CompletedProcess[str]:
        """Run ``crosscraft argv…`` in the project."""
        return call(*argv, cwd=self.project, env={"CROSSCRAFT_CACHE": str(self.cache)})

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run `argv` where py-rattler installed the packages, from output and local channel."""
        wanted = (word for name in packages(self.project) for word in ("--with", name))
        return self.call("run", "-q", "--platform", self.platform, *wanted, "--", *argv)


def folders() -> set[str]:
    """The names of the folders of examples/."""
    return {path.parent.name for path in FOLDER.glob("*/pixi.toml")}


def files(name: str) -> list[Path]:
    """The files of an example that belong to the repository."""
    prefix = f"{FOLDER.name}/{name}/"
    return [ROOT / path for path in tracked.files(ROOT) if path.startswith(prefix)]


def packages(project: Path) -> list[str]:
    """What the task ``start`` is run with, by the project's pixi.toml."""
    manifest = tomllib.loads((project / "pixi.toml").read_text(encoding="utf-8"))
    return list(manifest["dependencies"])


def copy(name: str, folder: Path) -> Path:
    """Copy an example into `folder`, without what was built in it."""
    left_out = shutil.ignore_patterns("output", "build", ".pixi", "__pycache__")
    return shutil.copytree(FOLDER / name, folder / name, ignore=left_out)


def build(name: str, platform: str, folder: Path, cache: Path) -> Built:
    """Build an example with the default engine, and with failing compilers on PATH."""
    made = Built(name, copy(name, folder), platform, cache)
    need_for(made.project, lookup(platform))
    called = folder / "called"
    env = {
        "PATH": host_tools.failing(folder / "host-tools", called),
        "CROSSCRAFT_CACHE": str(cache),
    }
    done = call("build", "-v", "--target-platform", platform, cwd=made.project, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    calls = called.read_text().splitlines() if called.exists() else []
    # GCC looks for a make that can link with -flto=auto in parallel, and does without.
    assert [line for line in calls if not line.endswith("/make --version")] == []
    return made


def check(built: Built) -> None:
    """Verify the packages, and compare what the task ``start`` prints with what is known."""
    made = sorted(built.project.glob("output/*/*.conda"))
    assert any(package.parent.name == built.platform for package in made)
    verified = built.call("inspect", "--verify", *made)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    ran = built.run(*start_task(built.project))
    assert (ran.returncode, ran.stdout) == (0, f"{built.known.answer}\n"), ran.stderr


def check_types(built: Built) -> None:
    """Check a user's lines with mypy: it must see the types, and so the error in the last line."""
    where = built.run("python", "-c", "import sys; print(sys.executable)")
    assert where.returncode == 0, where.stderr
    argv = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull]
    argv += ["--python-executable", where.stdout.strip(), "-c", built.known.program]
    done = run(argv, cwd=built.project.parent)
    assert done.returncode == 0, done.stdout + done.stderr
