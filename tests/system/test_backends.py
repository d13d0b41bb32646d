"""A tiny project for each build backend builds for this machine and for another, and runs there."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from crosscraft.channel.catalog import PYTHON
from crosscraft.inspection import conda_file
from crosscraft.inspection.conda_file.contents import examine
from crosscraft.platforms import Platform, lookup
from tests.support import host_tools
from tests.support.added import need_for

pytestmark = [pytest.mark.builds, pytest.mark.usefixtures("own_cache")]

PROJECTS = Path(__file__).parents[1] / "support" / "backends"


@dataclass(frozen=True)
class Use:
    """How a project is used once it is installed."""

    package: str
    argv: tuple[str, ...]
    answer: str


USES = {
    "make": Use("checksum", ("checksum", "crosscraft"), "6c8c8601\n"),
    # Its program is a Python script that pip wrote in the build.
    "setuptools": Use("twice", ("twice",), "42\n"),
    "scikit_build_core": Use(
        "power", ("python", "-c", "import power; print(power.of(2, 10))"), "1024.0\n"
    ),
    "meson_python": Use(
        "total",
        ("python", "-c", "import numpy, total; print(total.of(numpy.array([1.5, 2.5])))"),
        "4.0\n",
    ),
}


@pytest.mark.parametrize(
    "platform", ["linux-64", pytest.param("linux-aarch64", marks=pytest.mark.emulates)]
)
@pytest.mark.parametrize("name", USES)
def test_it_builds_and_runs(crosscraft, tmp_path, name, platform):
    use, target = USES[name], lookup(platform)
    project = tmp_path / name
    shutil.copytree(PROJECTS / name, project)
    need_for(project, target)
    called = tmp_path / "called"
    path = host_tools.failing(tmp_path / "host-tools", called)
    built = crosscraft(
        "build", "-v", "--target-platform", platform, cwd=project, env={"PATH": path}
    )
    assert built.returncode == 0, built.stdout + built.stderr
    assert not called.exists(), called.read_text()
    (package,) = project.glob(f"output/{platform}/*.conda")
    verified = crosscraft("inspect", "--verify", package)
    assert verified.returncode == 0, verified.stdout
    ran = crosscraft(
        "run", "-q", "--platform", platform, "--with", use.package, "--", *use.argv, cwd=project
    )
    assert (ran.returncode, ran.stdout) == (0, use.answer), ran.stderr
    check(package, target)


def check(package: Path, target: Platform) -> None:
    """Compare what the package says of its platform, and of the folders that it was built in."""
    cp = f"cp{PYTHON.replace('.', '')}"
    binaries = examine(package).binaries
    for path, binary in binaries.items():
        assert binary.rpath
        assert all(folder.startswith("$ORIGIN/") for folder in binary.rpath)
        if path.endswith(".so"):
            assert path.endswith(f".{cp.replace('cp', 'cpython-')}-{target.triplet}.so")
    for member, stream in conda_file.payload(package):
        data = stream.read()
        assert b"build_env" not in data, member.path
        if member.path in binaries:
            assert b"_placehold" not in data, member.path
        if member.path.endswith(".dist-info/WHEEL"):
            assert f"Tag: {cp}-{cp}-linux_{target.processor}" in data.decode().splitlines()
        if member.path == "bin/twice":
            # The path of Python is too long for the first line.
            path = re.escape('/bin/python "$0" "$@"')
            assert re.fullmatch(rf"'''exec' /\S+{path}", data.decode().splitlines()[1])
