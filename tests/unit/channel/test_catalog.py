"""The rows of the catalog, held against each other and against the table of platforms."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crosscraft.channel.catalog import (
    PREFIX,
    PYTHON,
    TARGETS,
    Deb,
    Package,
    Wheel,
    by_set_up,
    on_demand,
    packages,
)
from crosscraft.paths import ROOT
from crosscraft.platforms import NOARCH, PLATFORMS, Platform

BUILDS = tuple(PLATFORMS.values())


@pytest.fixture(params=BUILDS, ids=lambda row: row.subdir)
def build(request: pytest.FixtureRequest) -> Platform:
    assert isinstance(request.param, Platform)
    return request.param


@pytest.fixture
def rows(build: Platform) -> tuple[Package, ...]:
    return (*packages(build, BUILDS), *on_demand(build, BUILDS))


def test_every_target_has_its_parts(rows: tuple[Package, ...], build: Platform) -> None:
    have = {(row.name, row.subdir) for row in rows}
    for target in PLATFORMS.values():
        for name in ("gcc", "gxx", "gcc_impl", "gxx_impl", "binutils", "binutils_impl"):
            assert (f"{name}_{target.subdir}", build.subdir) in have
        assert (target.sysroot_package, NOARCH) in have
        assert {("python", target.subdir), ("libgcc", target.subdir)} <= have
        assert ((target.emulator_package, build.subdir) in have) is (target is not build)


def test_each_platform_has_its_line() -> None:
    assert list(TARGETS) == list(PLATFORMS)


def test_set_up_makes_what_the_series_needs(build: Platform) -> None:
    names = {row.name for row in packages(build)}
    for target in PLATFORMS.values():
        made = target is build or target in by_set_up()
        assert (f"gxx_{target.subdir}" in names) is made


def test_build_platform_is_always_a_target() -> None:
    build, other = BUILDS[:2]
    names = {row.name for row in packages(build, [other])}
    assert {f"gxx_{build.subdir}", f"gxx_{other.subdir}"} <= names


def test_no_package_twice(rows: tuple[Package, ...]) -> None:
    keys = [(row.name, row.subdir, row.version) for row in rows]
    assert len(keys) == len(set(keys))


def test_dependencies_are_in_the_channel(rows: tuple[Package, ...]) -> None:
    names = {row.name for row in rows}
    exports = [
        (*row.run_exports.strong, *row.run_exports.weak, *row.run_exports.noarch) for row in rows
    ]
    for specs in (*(row.depends for row in rows), *exports):
        for spec in specs:
            name = spec.split()[0]
            assert name in names or name.startswith("__"), spec


def test_version_comes_from_a_source(rows: tuple[Package, ...]) -> None:
    for row in rows:
        if row.version.startswith("="):
            debs = {source.name for source in row.sources if isinstance(source, Deb)}
            assert row.version[1:] in debs, row.name


def test_wheels_are_pinned(rows: tuple[Package, ...]) -> None:
    wheels = {source for row in rows for source in row.sources if isinstance(source, Wheel)}
    assert wheels
    for wheel in wheels:
        assert re.fullmatch("[0-9a-f]{64}", wheel.sha256), wheel


def test_noarch_agrees_with_the_folder(rows: tuple[Package, ...]) -> None:
    for row in rows:
        assert (row.subdir == NOARCH) is (row.noarch is not None), row.name


@pytest.mark.parametrize("target", BUILDS, ids=lambda row: row.subdir)
def test_a_compiler_has_specs_with_its_sysroot(build: Platform, target: Platform) -> None:
    row = next(r for r in packages(build, [target]) if r.name == f"gcc_impl_{target.subdir}")
    ((path, (driver, text)),) = row.specs.items()
    # The driver sets GCC_EXEC_PREFIX to the third folder above the file, with its name.
    folder = Path(path).parents[2]
    assert (folder.parent.name, driver[:4]) == ("lib", "bin/")
    named = re.findall(r"GCC_EXEC_PREFIX (\S+?)[/)]*[) ]", text.replace("\n", " "))
    assert len(named) == 3
    for relative in named:
        inside = os.path.normpath(folder / relative)
        assert inside.startswith(target.sysroot_path)


@pytest.mark.parametrize("target", BUILDS, ids=lambda row: row.subdir)
def test_a_python_takes_debians_folders_for_those_of_its_prefix(target: Platform) -> None:
    row = next(r for r in packages(target) if (r.name, r.subdir) == ("python", target.subdir))
    name, lib = target.triplet, f"lib/python{PYTHON}"
    pattern, replacement = row.edits[f"{lib}/_sysconfigdata__{name}.py"]
    for old, new in {
        "'/usr'": f"'{PREFIX}'",
        f"'--libdir=/usr/lib/{name}'": f"'--libdir={PREFIX}/lib'",
        f"/usr/lib/{name}/pkgconfig": f"{PREFIX}/lib/pkgconfig",
        f"/usr/{lib}/config-{PYTHON}-{name}": f"{PREFIX}/{lib}/config-{PYTHON}-{name}",
        f"/usr/include/{name}/python{PYTHON}": f"{PREFIX}/include/python{PYTHON}",
        f"/usr/lib/{name}-other/": f"{PREFIX}/lib/{name}-other/",
        "/usr/bin": f"{PREFIX}/bin",
        "/usr/bin/install -c -m 644": "/usr/bin/install -c -m 644",
        "/usr/share/lib/zoneinfo": "/usr/share/lib/zoneinfo",
    }.items():
        assert re.sub(pattern, replacement, old) == new


@pytest.mark.parametrize("target", BUILDS, ids=lambda row: row.subdir)
def test_exports_are_those_of_conda_forge(build: Platform, target: Platform) -> None:
    exports = {row.name: row.run_exports.strong for row in packages(build, [target])}
    assert exports[f"gcc_{target.subdir}"] == ("libgcc >=12",)
    assert exports[f"gxx_{target.subdir}"] == ("libstdcxx >=12", "libgcc >=12")
    assert exports[target.sysroot_package] == ("__glibc >=2.36,<3.0.a0",)
    assert not [name for name, strong in exports.items() if "_impl_" in name and strong]


# ── Activation ──────────────────────────────────────────────────────────────────────────

Shell = Callable[..., dict[str, str]]
BUILD = BUILDS[0]


@pytest.fixture(params=BUILDS, ids=lambda row: row.subdir)
def target(request: pytest.FixtureRequest) -> Platform:
    assert isinstance(request.param, Platform)
    return request.param


@pytest.fixture(params=["sh", "bash"])
def shell(request: pytest.FixtureRequest, target: Platform, tmp_path: Path) -> Shell:
    """A function that runs the scripts of the compilers in a shell, and returns its variables."""
    for row in packages(BUILD, [target]):
        if target.subdir in row.name:
            for path, text in row.texts.items():
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / path).write_text(text)

    def run(*folders: str, **given: str) -> dict[str, str]:
        scripts = [one for folder in folders for one in sorted(tmp_path.glob(f"*/*/{folder}.d/*"))]
        assert len(scripts) == 3 * len(folders)
        done = subprocess.run(
            [request.param, "-eu", "-c", 'for one; do . "$one"; done; env -0', "sh", *scripts],
            env={"PATH": "/usr/bin:/bin", **given},
            capture_output=True,
            text=True,
            check=True,
        )
        found = dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)
        return {k: v for k, v in found.items() if k not in ("PATH", "PWD", "OLDPWD", "SHLVL", "_")}

    return run


def test_activation_in_a_build(shell: Shell, target: Platform, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    (tools / "bin").mkdir(parents=True)
    found = shell("activate", BUILD_PREFIX=str(tools), PREFIX="/host")
    crosses = target is not BUILD
    for name, platform, tool in (
        ("CC", target, "cc"),
        ("CXX", target, "c++"),
        ("CPP", target, "cpp"),
        ("AR", target, "ar"),
        ("LD", target, "ld"),
        ("GCC_RANLIB", target, "gcc-ranlib"),
        ("CC_FOR_BUILD", BUILD, "cc"),
        ("CXX_FOR_BUILD", BUILD, "c++"),
        ("AR_FOR_BUILD", BUILD, "ar"),
    ):
        assert found[name] == f"{tools}/bin/{platform.triplet}-{tool}"
    for name in ("BUILD", "build_alias"):
        assert found[name] == BUILD.triplet
    for name in ("HOST", "host_alias"):
        assert found[name] == target.triplet
    assert found["CONDA_BUILD_SYSROOT"] == f"{tools}/{target.sysroot_path}"
    for name in ("CPPFLAGS", "CFLAGS", "CXXFLAGS"):
        assert "-isystem /host/include" in found[name]
        assert "sysroot" not in found[name]
    assert "sysroot" not in found["LDFLAGS"]
    assert "-DCMAKE_INSTALL_PREFIX=/host" in found["CMAKE_ARGS"].split()
    # These two make CMake cross-compile, so a native build must not have them.
    for name, value in (("NAME", "Linux"), ("PROCESSOR", target.processor)):
        assert (f"-DCMAKE_SYSTEM_{name}={value}" in found["CMAKE_ARGS"].split()) is crosses
    assert found.get("CONDA_BUILD_CROSS_COMPILATION") == ("1" if crosses else None)
    cross_file = tools / "meson_cross_file.txt"
    assert (f"--cross-file={cross_file}" in found["MESON_ARGS"].split()) is crosses
    assert cross_file.exists() is crosses
    assert not [name for name in found if name.startswith(("__", "CONDA_BACKUP_"))]


def test_mesons_cross_file(shell: Shell, target: Platform, tmp_path: Path) -> None:
    if target is BUILD:
        pytest.skip("a native build has none")
    shell("activate", BUILD_PREFIX=str(tmp_path), PREFIX="/host")
    text = (tmp_path / "meson_cross_file.txt").read_text()
    sections = configparser.ConfigParser()
    sections.read_string(text)
    assert sections.sections() == ["host_machine", "binaries"]
    assert dict(sections["host_machine"]) == {
        "system": "'linux'",
        "cpu_family": f"'{target.meson_family}'",
        "cpu": f"'{target.processor}'",
        "endian": f"'{target.endianness}'",
    }
    assert sections["binaries"]["pkg-config"] == f"'{tmp_path}/bin/pkg-config'"
    assert text.endswith("\n")


def test_activation_outside_a_build(shell: Shell, target: Platform) -> None:
    found = shell("activate", CONDA_PREFIX="/env")
    assert found["CXX"] == f"/env/bin/{target.triplet}-c++"
    assert "-isystem /env/include" in found["CXXFLAGS"]
    assert "--cross-file" not in found["MESON_ARGS"]


def test_deactivation_restores(shell: Shell) -> None:
    given = {"CONDA_PREFIX": "/env", "CC": "a cc", "CFLAGS": '-O0 -DX="y"'}
    inside = shell("activate", **given)
    assert inside["CFLAGS"].endswith(f" {given['CFLAGS']}")
    assert inside["CONDA_BACKUP_CC"] == "a cc"
    assert shell("activate", "deactivate", **given) == given


def test_the_page_about_compilers_names_each_variable(shell: Shell, target: Platform) -> None:
    page = (ROOT / "docs/compilers.md").read_text()
    rows = re.findall(r"^\| (`[A-Za-z].*?) \| (.*?) \|", page.partition("## Variables")[2], re.M)
    named = {
        name
        for names, here in rows
        if here != "not set" and (target is not BUILD or not here.startswith("crossing"))
        for name in re.findall("`(.+?)`", names)
    }
    assert shell("activate", CONDA_PREFIX="/env").keys() - {"CONDA_PREFIX"} == named
