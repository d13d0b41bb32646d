"""Make the Python that builds for another platform: a program of ``cross-python_<platform>``.

The activation script runs it on the build machine's Python, once in a build and before the
build's own script. So it imports nothing of Crosscraft.

Sources: conda-forge's ``cross-python`` feedstock for the behaviour, and crossenv's own files.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
_FIRST = ("lib-dynload", "site-packages")
"""Folders of the build environment that the cross-Python imports from first."""
_LIBRARIES = ("*.so", "*.so.*")
"""Compiled code, by file name."""


def main(machine: str, sysconfigdata: str) -> None:
    """Make ``$BUILD_PREFIX/venv``, and replace the Pythons of the build by it.

    :param machine: ``uname -m`` of the target.
    :param sysconfigdata: the file name of the target's module of that name.
    """
    build, host = Path(os.environ["BUILD_PREFIX"]), Path(os.environ["PREFIX"])
    venv, python = build / "venv", host / "bin/python"
    data = host / "lib" / _VERSION / sysconfigdata
    done = subprocess.run(
        [
            *(sys.executable, "-m", "crossenv", python, venv, "--without-pip"),
            *("--sysconfigdata-file", data, "--machine", machine),
            *("--cc", shlex.quote(os.environ["CC"]), "--cxx", shlex.quote(os.environ["CXX"])),
        ],
        check=False,
    )
    if done.returncode:
        sys.exit("cross-python: crossenv failed. Its error is above.")
    # crossenv names its own compilers in this file. A build takes them from $CC and $CXX.
    _write(venv / "lib" / sysconfigdata, data.read_text())
    _adapt(venv, build, python)
    # Linux can start a script by another script, so conda-forge's compiled shim is not needed.
    run = [str(venv / "build/bin" / _VERSION), "-I", str(venv / "bin/cross-python")]
    for program in (python.resolve(), build / "bin/python"):
        _write(program, f'#!/bin/sh\nexec {shlex.join(run)} "$@"\n', executable=True)
    _share_packages(venv, build, host)


def _adapt(venv: Path, build: Path, python: Path) -> None:
    """Let crossenv's Python call itself `python`, and import the build environment's packages
    first."""
    first = [str(venv / "lib"), *(str(build / "lib" / _VERSION / folder) for folder in _FIRST)]
    wrapper = _edited(
        venv / "cross/bin" / _VERSION,
        {
            r"^import sys$": f"import sys\nsys.argv[0] = {str(python)!r}",
            re.escape(repr(first[0])): ", ".join(map(repr, first)),
            # crossenv adds the sysroot to CPATH and LIBRARY_PATH. The compiler needs neither.
            r"^extra_envs = .*": "extra_envs = []",
        },
    )
    _write(venv / "bin/cross-python", wrapper, executable=True)
    patch = venv / "lib/sys-patch.py"
    _write(patch, _edited(patch, {r"^executable = .*": f"executable = {str(python)!r}"}))
    shutil.rmtree(venv / "cross")


def _share_packages(venv: Path, build: Path, host: Path) -> None:
    """Copy the target's Python code and headers over those of the build environment, whose
    compiled modules stay, since this machine can run them."""
    ours = build / "lib" / _VERSION / "site-packages"
    shutil.copytree(
        host / "lib" / _VERSION / "site-packages",
        ours,
        symlinks=True,
        ignore=shutil.ignore_patterns(*_LIBRARIES),
        copy_function=_copy,
        dirs_exist_ok=True,
    )
    link = venv / "lib" / _VERSION / "site-packages"
    shutil.rmtree(link)
    link.symlink_to(ours)


def _edited(path: Path, edits: dict[str, str]) -> str:
    """Return the text of the file `path`, in which each regular expression must match."""
    text = path.read_text()
    for old, new in edits.items():
        literal = new.replace("\\", r"\\")
        text, count = re.subn(old, literal, text, flags=re.MULTILINE)
        if not count:
            sys.exit(f"cross-python: this release of crossenv is too new: no {old!r} in {path}")
    return text


# A file of an environment is a hard link to the cache of packages, so it must not be changed.


def _write(path: Path, text: str, *, executable: bool = False) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)
    if executable:
        path.chmod(0o755)


def _copy(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
