"""The rows of the packages that are made on demand."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement

from crosscraft.channel.catalog import PREFIX, Package, Wheel, libraries, on_demand, packages, pure
from crosscraft.channel.entry_points import of, programs
from crosscraft.channel.sources import Entry
from crosscraft.paths import ROOT
from crosscraft.platforms import NOARCH, PLATFORMS, Platform, lookup

BUILD = lookup("linux-64")
TARGETS = tuple(PLATFORMS.values())
ROWS = on_demand(BUILD, TARGETS)
PURE = [row for row in ROWS if row.noarch == "python"]

ASKED_FOR = (
    "abi3audit crossenv cython make meson meson-python numpy pip pkg-config pybind11 python-abi3 "
    "python-build scikit-build-core setuptools strace wheel"
).split()


def platforms(name: str, build: Platform = BUILD) -> set[str]:
    return {row.subdir for row in on_demand(build, TARGETS) if row.name == name}


def test_all_that_is_asked_for_is_there() -> None:
    assert set(ASKED_FOR) <= {row.name for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.subdir}")
def test_licence_is_an_spdx_expression(row: Package) -> None:
    assert canonicalize_license_expression(row.license) == row.license


@pytest.mark.parametrize("row", PURE, ids=lambda row: row.name)
def test_a_pure_package_is_its_wheel(row: Package) -> None:
    (wheel,) = row.sources
    assert isinstance(wheel, Wheel)
    assert (wheel.version, wheel.platform) == (row.version, "")
    assert row.depends[0].startswith("python >=3.")


def test_bounds_admit_the_versions_that_there_are() -> None:
    versions = {row.name: row.version for row in (*packages(BUILD), *ROWS)}
    for row in PURE:
        for spec in row.depends[1:]:
            bound = Requirement(spec)
            assert bound.specifier.contains(versions[bound.name]), f"{row.name}: {spec}"


def test_the_stable_abi_is_that_of_the_channels_python() -> None:
    versions = {row.name: row.version for row in (*packages(BUILD), *ROWS)}
    row = next(row for row in ROWS if row.name == "python-abi3")
    script = "etc/conda/activate.d/python-abi3_activate.sh"
    done = subprocess.run(
        ["sh", "-euc", '. /dev/stdin; echo "$PY_LIMITED_API $CPPFLAGS"'],
        input=row.texts[script],
        capture_output=True,
        text=True,
        check=True,
    )
    major, minor = map(int, row.version.split("."))
    number = f"0x{major << 24 | minor << 16:08x}"
    assert done.stdout == f"{number}  -DPy_LIMITED_API={number}\n"
    needed = [*row.depends, *row.run_exports.weak]
    for name in ("_python_abi3_support", "cpython", "python-gil"):
        assert any(spec.split()[0] == name for spec in needed)
        needed += next(row for row in ROWS if row.name == name).depends
    assert {spec.split()[0] for spec in needed} <= versions.keys()
    assert f"cpython >={versions['python_abi']}" in needed


def test_platforms_of_each_kind() -> None:
    every = {target.subdir for target in TARGETS}
    for build in TARGETS:
        assert platforms("make", build) == platforms("strace", build) == {build.subdir}
        # Set-up makes that of the build machine.
        assert platforms("ninja", build) == every - {build.subdir}
    assert platforms("numpy") == {"linux-64", "linux-aarch64"}
    assert platforms("pip") == {NOARCH}


@pytest.mark.parametrize("target", TARGETS, ids=lambda row: row.subdir)
def test_zlibs_description_names_its_prefix(target: Platform) -> None:
    row = next(r for r in packages(BUILD, TARGETS) if (r.name, r.subdir) == ("zlib", target.subdir))
    original = (
        f"prefix=/usr\nexec_prefix=${{prefix}}\nlibdir=${{prefix}}/lib/{target.triplet}\n"
        "sharedlibdir=${libdir}\nincludedir=${prefix}/include\n"
    )
    made = re.sub(*row.edits["lib/pkgconfig/zlib.pc"], original)
    assert made == (
        f"prefix={PREFIX}\nexec_prefix=${{prefix}}\nlibdir=${{prefix}}/lib\n"
        "sharedlibdir=${libdir}\nincludedir=${prefix}/include\n"
    )


@pytest.mark.parametrize(
    ("given", "folders"),
    [
        ({}, "{own}/lib/pkgconfig:{own}/share/pkgconfig"),
        ({"CONDA_PREFIX": "/env"}, "/env/lib/pkgconfig:/env/share/pkgconfig"),
        (
            {"CONDA_PREFIX": "/tools", "PREFIX": "/host"},
            "/host/lib/pkgconfig:/host/share/pkgconfig",
        ),
        ({"PKG_CONFIG_LIBDIR": "/mine"}, "/mine"),
    ],
    ids=["not activated", "activated", "in a build", "chosen"],
)
def test_pkg_config_reads_the_environments_folders(
    given: dict[str, str], folders: str, tmp_path: Path
) -> None:
    row = next(row for row in ROWS if row.name == "pkg-config")
    (tmp_path / "bin").mkdir()
    script, program = tmp_path / "bin" / "pkg-config", tmp_path / "bin" / "pkgconf"
    script.write_text(row.texts["bin/pkg-config"].replace(PREFIX, str(tmp_path)))
    program.write_text('#!/bin/sh\necho "${PKG_CONFIG_LIBDIR} $*"\n')
    script.chmod(0o755)
    program.chmod(0o755)
    done = subprocess.run(
        [script, "--libs", "a b"], env=given, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{folders.format(own=tmp_path)} --libs a b\n"


DECLARED = Entry(
    b"[console_scripts]\nTool = tool.cli:main\nother=tool:Other.run [extra]\n"
    b"[gui_scripts]\nwindow = tool:window\n[tool.plugins]\nTool = tool\n",
    7,
)


def test_console_scripts_are_entry_points() -> None:
    tree = {
        "site-packages/tool-1.dist-info/entry_points.txt": DECLARED,
        "site-packages/tool/vendored-2.dist-info/entry_points.txt": DECLARED,
    }
    assert of(tree) == ["Tool = tool.cli:main", "other = tool:Other.run"]
    assert of({"site-packages/tool-1.dist-info/METADATA": DECLARED}) == []


def test_a_package_of_a_platform_has_programs() -> None:
    tree = {"lib/python3.11/site-packages/tool-1.dist-info/entry_points.txt": DECLARED}
    made = programs(tree)
    assert sorted(made) == ["bin/Tool", "bin/other"]
    assert all(entry.executable and entry.mtime == 7 for entry in made.values())
    first, *rest = made["bin/other"].data.decode().splitlines()
    assert first == f"#!{PREFIX}/bin/python"
    assert {"from tool import Other", "    sys.exit(Other.run())"} <= set(rest)


PAGE = (ROOT / "docs" / "packages.md").read_text(encoding="utf-8")


def test_the_page_lists_what_is_asked_for() -> None:
    first = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    listed = re.findall("`([^`]+)`", " ".join(first))
    assert sorted(listed) == sorted({*ASKED_FOR, "ninja", "cross-python_PLATFORM"})


def test_the_rows_on_the_page_make_packages() -> None:
    wheel, library = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    row = eval(wheel, vars(pure))
    assert (row.name, row.depends, row.license) == (
        "flit-core",
        PURE[0].depends[:1],
        "BSD-3-Clause",
    )
    assert row.texts.keys() == {"site-packages/flit_core-4.2.0.dist-info/INSTALLER"}
    row = libraries._package(eval(library, vars(libraries)), BUILD)
    assert (row.name, row.version) == ("yaml", "=libyaml-dev")
    assert list(row.edits) == ["lib/pkgconfig/yaml-0.1.pc"]
