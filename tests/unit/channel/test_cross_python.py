"""The scripts of cross-python, in a shell that stops at every error and unset variable."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from crosscraft.channel import cross_python
from crosscraft.channel.catalog import on_demand
from crosscraft.platforms import PLATFORMS, lookup

BUILD, TARGET = lookup("linux-64"), lookup("linux-aarch64")
FILES = cross_python.files(BUILD, TARGET)
ACTIVATE, DEACTIVATE, SETUP = FILES
IN_A_BUILD = {"CONDA_BUILD": "1", "CONDA_BUILD_STATE": "BUILD"}


@pytest.fixture(params=["sh", "bash"])
def shell(request, tmp_path):
    """Run lines in a build whose Python writes its arguments down, and return the variables
    that changed."""
    build, work = tmp_path / "b p", tmp_path / "work"
    work.mkdir()
    (build / "bin").mkdir(parents=True)
    (build / "meson_cross_file.txt").write_text("[binaries]\n")
    python = build / "bin/python3.11"
    python.write_text(
        '#!/bin/sh\necho "$CC $CXX $*" >> "$BUILD_PREFIX/calls"\nmkdir "$BUILD_PREFIX/venv"\n'
    )
    python.chmod(0o755)
    for script in (ACTIVATE, DEACTIVATE):
        (tmp_path / script).parent.mkdir(parents=True)
        (tmp_path / script).write_text(FILES[script])

    def run(*lines: str, **env: str) -> dict[str, str]:
        base = {"PATH": "/usr/bin:/bin", "BUILD_PREFIX": str(build), "PREFIX": "/pre fix"}
        base |= {"SRC_DIR": str(work)} | env
        text = "\n".join((*lines, "env -0"))
        done = subprocess.run(
            [request.param, "-euc", text], cwd=tmp_path, env=base, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
        printed = done.stdout.rpartition(b"\n")[2].decode()
        seen = dict(line.split("=", 1) for line in printed.split("\0") if line)
        return {
            name: value
            for name, value in seen.items()
            if base.get(name) != value and name not in ("PWD", "SHLVL", "_", "OLDPWD")
        }

    run.build, run.work = build, work
    return run


def test_it_does_nothing_outside_of_builds(shell):
    assert shell(f". ./{ACTIVATE}") == {}
    assert shell(f". ./{ACTIVATE}", CONDA_BUILD="1", CONDA_BUILD_STATE="TEST") == {}
    assert not (shell.build / "calls").exists()


def test_it_sets_up_once_and_names_the_target(shell):
    seen = shell(*[f". ./{ACTIVATE}"] * 2, **IN_A_BUILD, CC="/x/cc")
    assert seen == {
        "PYO3_CROSS_LIB_DIR": "/pre fix/lib/python3.11",
        "PYO3_CROSS_INCLUDE_DIR": "/pre fix/include",
        "PYO3_CROSS_PYTHON_VERSION": "3.11",
        "PYO3_CROSS_PYTHON_IMPLEMENTATION": "CPython",
        "PYTHONPATH": f"{shell.build}/venv/lib/python3.11/site-packages",
    }
    assert (shell.build / "calls").read_text() == (
        f"/x/cc aarch64-linux-gnu-g++ {shell.build}/{SETUP} "
        "aarch64 _sysconfigdata__aarch64-linux-gnu.py\n"
    )


@pytest.mark.parametrize(
    ("before", "script", "added"),
    [
        ("", "", "python = '/pre fix/bin/python'\n"),
        ("python = '/mine'\n", "", ""),
        ("numpy-config = '/python'\n", "", "python = '/pre fix/bin/python'\n"),
        ("", "echo >> $BUILD_PREFIX/meson_cross_file.txt\n", ""),
    ],
)
def test_mesons_file_gets_python_unless_the_recipe_writes_into_it(shell, before, script, added):
    file = shell.build / "meson_cross_file.txt"
    file.write_text(f"[binaries]\n{before}")
    (shell.work / "conda_build.sh").write_text(script)
    shell(f". ./{ACTIVATE}", **IN_A_BUILD)
    assert file.read_text() == f"[binaries]\n{before}{added}"


@pytest.mark.parametrize("before", [{}, {"PYTHONPATH": "/mine"}])
def test_deactivation_restores_what_was_there(shell, before):
    assert shell(f". ./{ACTIVATE}", f". ./{DEACTIVATE}", **IN_A_BUILD, **before) == {}


def test_it_runs_after_the_compilers_scripts():
    row = next(row for row in on_demand(BUILD, [TARGET]) if row.name.startswith("cross-python"))
    assert (row.name, row.subdir) == ("cross-python_linux-aarch64", "linux-64")
    scripts = [Path(ACTIVATE).name, "activate-gcc_linux-64.sh", "activate-gxx_linux-aarch64.sh"]
    assert sorted(scripts)[-1] == Path(ACTIVATE).name


def test_there_is_one_for_every_other_platform():
    rows = on_demand(BUILD, PLATFORMS.values())
    names = {row.name.partition("_")[2] for row in rows if row.name.startswith("cross-python_")}
    assert names == set(PLATFORMS) - {"linux-64"}
