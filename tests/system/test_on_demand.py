"""The packages that are made on demand, installed together."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from crosscraft.channel import select
from crosscraft.channel.catalog import PYTHON, on_demand
from crosscraft.channel.entry_points import of
from crosscraft.channel.sources import Entry
from crosscraft.environments import install
from crosscraft.platforms import native
from tests.support.added import need

pytestmark = pytest.mark.builds

# Of everything that imports a program, its function is looked up, too.
LOAD = """
from importlib.metadata import entry_points
for one in entry_points(group="console_scripts"):
    one.load()
"""


@pytest.fixture(scope="module")
def prefix() -> Path:
    """An environment with all of this machine's packages that are made on demand, and with zlib."""
    build = native()
    wanted = {row.name for row in on_demand(build, [build])}
    need(*wanted)
    return install.create(["zlib", *sorted(wanted)], build, [select.choose("local")]).prefix


def run(*argv: str | Path, **env: str) -> str:
    done = subprocess.run(
        [str(word) for word in argv],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


def test_pip_is_content(prefix: Path) -> None:
    assert run(prefix / "bin" / "pip", "check") == "No broken requirements found."


def test_every_program_can_start(prefix: Path) -> None:
    run(prefix / "bin" / "python", "-c", LOAD)
    site_packages = prefix / "lib" / f"python{PYTHON}" / "site-packages"
    declared = {
        str(path.relative_to(prefix)): Entry(path.read_bytes(), 0)
        for path in site_packages.glob("*.dist-info/entry_points.txt")
    }
    names = {line.partition(" = ")[0] for line in of(declared)}
    assert {"pip", "meson", "pyproject-build", "cython", "abi3audit", "numpy-config"} <= names
    for name in names:
        assert os.access(prefix / "bin" / name, os.X_OK), name
        first = (prefix / "bin" / name).read_text().splitlines()[0]
        assert first.startswith(f"#!{prefix}/bin/python"), name


@pytest.mark.parametrize(
    "command",
    [
        "meson --version",
        "cython --version",
        "numpy-config --version",
        "readelf.py --version",
        "make --version",
        "strace --version",
    ],
)
def test_a_program_starts_without_activation(prefix: Path, command: str) -> None:
    program, *options = command.split()
    assert any(char.isdigit() for char in run(prefix / "bin" / program, *options))


def test_numpy_computes_with_its_own_libraries(prefix: Path) -> None:
    code = "import numpy; print(numpy.linalg.inv(numpy.eye(2) * 2)[0, 0])"
    assert run(prefix / "bin" / "python", "-c", code) == "0.5"


def test_cmake_finds_pybind11_where_conda_forge_has_it(prefix: Path) -> None:
    assert (prefix / "share" / "cmake" / "pybind11" / "pybind11Config.cmake").is_file()
    assert (prefix / "include" / "pybind11" / "pybind11.h").is_file()


def test_pkg_config_knows_the_environment_alone(prefix: Path) -> None:
    program = prefix / "bin" / "pkg-config"
    listed = {line.split()[0] for line in run(program, "--list-all").splitlines()}
    own = {path.stem for path in prefix.glob("*/pkgconfig/*.pc")}
    assert {"zlib", "pybind11"} <= listed <= own
    assert run(program, "--cflags", "--libs", "zlib") == f"-I{prefix}/include -L{prefix}/lib -lz"
    for path in prefix.glob("*/pkgconfig/*.pc"):
        assert not re.search(rf"=/usr|{native().triplet}", path.read_text()), path
    assert (prefix / "lib" / "libz.so").resolve().name.startswith("libz.so.1.")
