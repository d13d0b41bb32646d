"""The templates of `crosscraft new`: how each is built and used, and what is known of it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosscraft.channel import names
from crosscraft.inspection import conda_file
from crosscraft.inspection.conda_file.contents import examine
from crosscraft.paths import ROOT
from crosscraft.platforms import Platform, lookup
from crosscraft.system import tracked
from tests.support import host_tools
from tests.support.added import need_for
from tests.support.commands import call, run

FOLDER = ROOT / "examples"
PLATFORMS = ("linux-64", "linux-aarch64")

NAME = "q_2x"
"""The name of a project that is made from a template: legal, and unlike any word."""


@dataclass(frozen=True)
class Example:
    """What is known of an example."""

    answer: str
    """What its task ``start`` prints, on every platform."""
    program: str = ""
    """Lines of a user of ``q_2x``, with an error that only a type checker sees. Empty without a
    module."""
    more: Mapping[str, str] = field(default_factory=dict)
    """What its other tasks print."""


EXAMPLES: dict[str, Example] = {
    "c-library": Example(
        "3e7258ec 794 of 1510 LICENSE",
        "import q_2x\n"
        "checksum, size = q_2x.of(b'crosscraft')\n"
        "q_2x.of('crosscraft')  # type: ignore[arg-type]\n",
        {"binding": "(1821148673, 18)"},
    ),
    "cython-numpy-meson": Example(
        "[1.5, 3.0, 6.0]",
        "import q_2x\n"
        "first: float = float(q_2x.mean([1, 2], 2)[0])\n"
        "q_2x.mean([1, 2], 'two')  # type: ignore[arg-type]\n",
    ),
    "generated-tables": Example("0 5000 10000 -10000"),
    "nanobind-scikit-build": Example(
        "[2, 3, 5, 7, 11, 13, 17, 19]",
        "import q_2x\n"
        "smallest: int = q_2x.below(20)[0]\n"
        "q_2x.below('20')  # type: ignore[arg-type]\n",
    ),
    "pybind11-cmake": Example(
        "14.0",
        "import q_2x\n"
        "answer: float = q_2x.Calculator().run('3 4 +')\n"
        "q_2x.Calculator().push('3')  # type: ignore[arg-type]\n",
    ),
    "setuptools-c": Example(
        "3",
        "import q_2x\n"
        'letters: int = q_2x.distance("kitten", "sitting")\n'
        "q_2x.distance(1, 2)  # type: ignore[arg-type]\n",
    ),
}
"""Each folder of examples/."""

TEMPLATES = EXAMPLES | {
    "cpp_math": Example(
        "3",
        "import q_2x\ntotal: int = q_2x.add(1, 2)\nq_2x.add('1', 2)  # type: ignore[arg-type]\n",
    )
}
"""Each template of `crosscraft new`."""


@dataclass(frozen=True)
class Built:
    """An example, or a project made from a template, built for one platform."""

    known: Example
    project: Path
    platform: str
    cache: Path

    def call(self, *argv: str | Path) -> subprocess.CompletedProcess[str]:
        """Run ``crosscraft argv…`` in the project."""
        return call(*argv, cwd=self.project, env={"CROSSCRAFT_CACHE": str(self.cache)})

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run `argv` where py-rattler installed the packages, from output and local channel."""
        return self._run(packages(self.project), argv)

    def run_with_all(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """The same with every package that was built."""
        return self._run([names.of_file(path)[0] for path in self.made()], argv)

    def made(self) -> list[Path]:
        """The packages."""
        return sorted(self.project.glob("output/*/*.conda"))

    def _run(self, wanted: Sequence[str], argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
        with_ = (word for name in wanted for word in ("--with", name))
        return self.call("run", "-q", "--platform", self.platform, *with_, "--", *argv)


def folders() -> set[str]:
    """The names of the folders of examples/."""
    return {path.parent.name for path in FOLDER.glob("*/pixi.toml")}


def files(name: str) -> list[Path]:
    """The files of an example that belong to the repository."""
    prefix = f"{FOLDER.name}/{name}/"
    return [ROOT / path for path in tracked.files(ROOT) if path.startswith(prefix)]


def manifest(project: Path) -> dict[str, Any]:
    """The project's pixi.toml."""
    return tomllib.loads((project / "pixi.toml").read_text(encoding="utf-8"))


def packages(project: Path) -> list[str]:
    """What the task ``start`` is run with, by the project's pixi.toml."""
    return list(manifest(project)["dependencies"])


def copy(name: str, folder: Path) -> Path:
    """Copy an example into `folder`, without what was built in it."""
    left_out = shutil.ignore_patterns("output", "build", ".pixi", "__pycache__")
    return shutil.copytree(FOLDER / name, folder / name, ignore=left_out)


def render(template: str, folder: Path) -> Path:
    """Make the project ``q_2x`` in `folder` with the command, which runs elsewhere."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    done = call("new", NAME, "--template", template, "--into", folder, cwd=elsewhere)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(elsewhere.iterdir()) == []
    return folder / NAME


def build(known: Example, project: Path, platform: str, cache: Path) -> Built:
    """Build a project with the default engine, and with failing compilers on PATH."""
    built = Built(known, project, platform, cache)
    need_for(project, lookup(platform))
    called = project.with_name("called")
    env = {
        "PATH": host_tools.failing(project.with_name("host-tools"), called),
        "CROSSCRAFT_CACHE": str(cache),
    }
    done = call("build", "-v", "--target-platform", platform, cwd=project, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    calls = called.read_text().splitlines() if called.exists() else []
    # GCC looks for a make that can link with -flto=auto in parallel, and does without.
    assert [line for line in calls if not line.endswith("/make --version")] == []
    return built


def check(built: Built) -> None:
    """Verify the packages, and compare what the tasks print with what is known."""
    made = built.made()
    here = [package for package in made if package.parent.name == built.platform]
    assert here
    for package in here:
        check_paths(package, lookup(built.platform))
    verified = built.call("inspect", "--verify", *made)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    tasks = manifest(built.project)["tasks"]
    answers = {"start": built.known.answer, **built.known.more}
    assert set(tasks) == set(answers)
    for name, answer in answers.items():
        ran = built.run(*shlex.split(tasks[name]))
        assert (ran.returncode, ran.stdout) == (0, f"{answer}\n"), ran.stderr


def check_paths(package: Path, target: Platform) -> None:
    """Check that a package names its platform, and no folder of the build."""
    binaries = examine(package).binaries
    for path, binary in binaries.items():
        assert all(folder.startswith("$ORIGIN/") for folder in binary.rpath), path
    for member, stream in conda_file.payload(package):
        data = stream.read() if stream else b""
        assert b"build_env" not in data, member.path
        if member.path in binaries:
            assert b"_placehold" not in data, member.path
        if member.path.endswith(".dist-info/WHEEL") and b"purelib: false" in data.lower():
            tags = [line for line in data.decode().splitlines() if line.startswith("Tag: ")]
            assert all(tag.endswith(f"-linux_{target.processor}") for tag in tags), tags


def check_types(built: Built) -> None:
    """Check a user's lines with mypy: it must see the types, and so the error in the last line."""
    where = built.run_with_all("python", "-c", "import sys; print(sys.executable)")
    assert where.returncode == 0, where.stderr
    argv = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull]
    argv += ["--python-executable", where.stdout.strip(), "-c", built.known.program]
    done = run(argv, cwd=built.project.parent)
    assert done.returncode == 0, done.stdout + done.stderr
