"""The activation scripts of the compilers, run in a shell."""

from __future__ import annotations

import configparser
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crosscraft.channel.catalog import packages
from crosscraft.paths import ROOT
from crosscraft.platforms import PLATFORMS, Platform

BUILDS = tuple(PLATFORMS.values())
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


@pytest.mark.parametrize("target", BUILDS[1:], indirect=True, ids=lambda row: row.subdir)
def test_mesons_cross_file(shell: Shell, target: Platform, tmp_path: Path) -> None:
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
