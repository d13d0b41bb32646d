"""What cross-python does to the environments of a build, with a stand-in for crossenv."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from crosscraft.channel import crossenv_setup

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
SP = f"lib/{VERSION}/site-packages"
DATA = "_sysconfigdata__other.py"

CROSSENV = f"""\
import sys
from pathlib import Path
venv = Path(sys.argv[2])
(venv / "cross/bin").mkdir(parents=True)
(venv / "bin").mkdir()
(venv / "{SP}").mkdir(parents=True)
(venv / "cross/bin/{VERSION}").write_text(WRAPPER.replace("LIB", repr(str(venv / "lib"))))
(venv / "lib/sys-patch.py").write_text("platform = 'x'\\nexecutable = '/venv'\\n")
(venv / "lib/{DATA}").write_text("edited")
print(*sys.argv[1:])
"""
WRAPPER = "import os\nimport sys\nextra_envs = [1]\npath = [LIB, 'stdlib']\n"


@pytest.fixture
def prefixes(tmp_path, monkeypatch):
    """A build and a host environment, whose files are hard links to a store."""
    store, build, host = tmp_path / "store", tmp_path / "b'uild", tmp_path / "h ost"
    files = {
        build / "bin/python": "build's python",
        build / SP / "both.py": "build's",
        build / SP / "both.so": "build's",
        host / f"bin/{VERSION}": "host's python",
        host / "lib" / VERSION / DATA: "host's data",
        host / SP / "both.py": "host's",
        host / SP / "both.so": "host's",
        host / SP / "pkg/lib.so.5": "host's",
        host / SP / "pkg/pure.h": "host's",
    }
    store.mkdir()
    for number, (path, text) in enumerate(files.items()):
        path.parent.mkdir(parents=True, exist_ok=True)
        (store / str(number)).write_text(text)
        os.link(store / str(number), path)
    (host / "bin/python").symlink_to(VERSION)
    module = tmp_path / "path/crossenv/__main__.py"
    module.parent.mkdir(parents=True)
    module.write_text(f"WRAPPER = {WRAPPER!r}\n{CROSSENV}")
    for name, value in {
        "BUILD_PREFIX": build,
        "PREFIX": host,
        "PYTHONPATH": tmp_path / "path",
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("CC", "/tools/cc")
    monkeypatch.setenv("CXX", "/tools/c++")
    yield build, host
    assert [path.read_text() for path in sorted(store.iterdir())] == list(files.values())


def test_both_pythons_become_the_cross_python(prefixes, capfd):
    build, host = prefixes
    crossenv_setup.main("other", DATA)
    argv = capfd.readouterr().out
    assert f"--sysconfigdata-file {host}/lib/{VERSION}/{DATA} --machine other" in argv
    assert "--cc /tools/cc --cxx /tools/c++" in argv
    # Its interpreter is a stand-in, too: it says how it was called.
    interpreter = build / "venv/build/bin" / VERSION
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text('#!/bin/sh\necho "$@"\n')
    interpreter.chmod(0o755)
    for python in (host / "bin/python", host / f"bin/{VERSION}", build / "bin/python"):
        said = subprocess.check_output([python, "-c", "a b"], text=True)
        assert said == f"-I {build}/venv/bin/cross-python -c a b\n"
    assert (host / "bin/python").is_symlink()


def test_crossenvs_files_are_adapted(prefixes):
    build, host = prefixes
    crossenv_setup.main("other", DATA)
    assert (build / "venv/bin/cross-python").read_text() == (
        f"import os\nimport sys\nsys.argv[0] = {str(host / 'bin/python')!r}\nextra_envs = []\n"
        f"path = [{str(build / 'venv/lib')!r}, {str(build / 'lib' / VERSION / 'lib-dynload')!r}, "
        f"{str(build / SP)!r}, 'stdlib']\n"
    )
    lib = build / "venv/lib"
    assert f"executable = {str(host / 'bin/python')!r}" in (lib / "sys-patch.py").read_text()
    assert (lib / DATA).read_text() == "host's data"


def test_the_hosts_code_replaces_the_builds_and_compiled_code_stays(prefixes):
    build, _ = prefixes
    crossenv_setup.main("other", DATA)
    seen = {
        str(path.relative_to(build / SP)): path.read_text()
        for path in (build / SP).rglob("*")
        if path.is_file()
    }
    assert seen == {"both.py": "host's", "both.so": "build's", "pkg/pure.h": "host's"}
    assert (build / "venv" / SP).resolve() == build / SP


def test_a_crossenv_that_fails_is_told_in_one_line(prefixes, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    with pytest.raises(SystemExit, match=r"^cross-python: crossenv failed"):
        crossenv_setup.main("other", DATA)


def test_another_crossenv_is_told_in_one_line(prefixes, tmp_path):
    module = tmp_path / "path/crossenv/__main__.py"
    module.write_text(module.read_text().replace("extra_envs", "more"))
    with pytest.raises(SystemExit, match=r"^cross-python: this release of crossenv is too new"):
        crossenv_setup.main("other", DATA)
