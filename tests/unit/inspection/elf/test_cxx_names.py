"""C++ names: what `c++filt` says of the same, and names that stand for gigabytes."""

from __future__ import annotations

import ctypes
import ctypes.util
import shutil
import subprocess
import sys

import pytest

from crosscraft.inspection.elf import cxx_names
from tests.support.inspected_files import doubling

NAMES = (
    "_ZN8geometry4areaEii",
    "_ZNSt8ios_base4InitC1Ev",
    "_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE4sizeEv",
    "_ZN3fooIiEclIfEEvT_",
    "_ZTVN8nanobind6detail9nb_objectE",
    "_Znope",
    "_Z",
    "main",
    "",
    "PyInit_area",
    "_Z3fööv",
)


def test_the_same_as_cxxfilt():
    if shutil.which("c++filt") is None:
        pytest.skip("no c++filt here")
    forms = cxx_names.demangle(NAMES)
    assert list(forms) == list(NAMES)
    said = subprocess.run(
        ["c++filt", *filter(None, NAMES)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [forms[name] for name in NAMES if name] == said
    assert forms["_ZN8geometry4areaEii"] == "geometry::area(int, int)"


def test_no_process_for_names_that_are_not_mangled(monkeypatch):
    monkeypatch.setattr(subprocess, "run", None)
    assert cxx_names.demangle(["main", "PyInit_area"]) == {
        "main": "main",
        "PyInit_area": "PyInit_area",
    }


def test_a_name_that_expands():
    forms = cxx_names.demangle([doubling(4), "_Z1fv"])
    assert forms[doubling(4)].startswith("f(A, P<A, A>, P<P<A, A>, P<A, A> >, ")
    assert forms["_Z1fv"] == "f()"


def test_a_name_that_expands_too_far_stays_mangled():
    name = doubling(17)
    assert len(name) < 200
    forms = cxx_names.demangle([name, "_Z1fv"])
    assert forms == {name: name, "_Z1fv": "f()"}


def test_names_that_expand_without_end_leave_all_mangled(monkeypatch):
    monkeypatch.setattr(cxx_names, "MAX_WAIT", 1.0)
    names = [doubling(60), "_Z1fv"]
    assert cxx_names.demangle(names) == {name: name for name in names}


def test_a_process_that_ends_badly_leaves_names_mangled(monkeypatch):
    for program in ("/bin/false", "/bin/true", "/nowhere/python"):
        monkeypatch.setattr(sys, "executable", program)
        assert cxx_names.demangle(["_Z1fv"]) == {"_Z1fv": "_Z1fv"}


def test_names_that_no_file_can_have():
    names = ["_Z1fv\0_Z1gv", "_Z1f\udcffv", "_Z1fv"]
    forms = cxx_names.demangle(names)
    assert forms["_Z1fv"] == "f()"
    assert forms[names[0]] == names[0]


def test_limits_of_the_process():
    """The process limits itself, before it loads anything."""
    code = (
        "import runpy, sys, resource, io\n"
        "sys.stdin = io.TextIOWrapper(io.BytesIO(b'_Z1fv'))\n"
        f"runpy.run_path({cxx_names.__file__!r}, run_name='__main__')\n"
        "print()\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0])\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU)[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    form, *limits = done.stdout.split()
    assert form == "f()"
    assert limits == [str(cxx_names.MAX_MEMORY), str(cxx_names.MAX_PROCESSOR_TIME)]


@pytest.fixture
def runtime() -> None:
    """Load the C++ runtime into this process, as every program of Emscripten has it."""
    name = ctypes.util.find_library("stdc++")
    if name is None:
        pytest.skip("no C++ runtime here")
    ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)


@pytest.mark.usefixtures("runtime")
def test_the_same_without_a_process(monkeypatch):
    names = [*NAMES, doubling(4), doubling(17), "_Z1f\udcffv"]
    expected = cxx_names.demangle(names)
    monkeypatch.setattr(subprocess, "run", None)
    assert cxx_names.demangle_here(names) == expected


@pytest.mark.usefixtures("runtime")
def test_names_that_are_too_long_together_leave_all_mangled(monkeypatch):
    names = ["_Z1fv", "_Z1gv"]
    assert cxx_names.demangle_here(names) == {"_Z1fv": "f()", "_Z1gv": "g()"}
    monkeypatch.setattr(cxx_names, "MAX_OUTPUT", 5)
    assert cxx_names.demangle_here(names) == {name: name for name in names}


def test_names_that_are_left_mangled():
    assert cxx_names.leave_mangled(["_Z1fv", "main"]) == {"_Z1fv": "_Z1fv", "main": "main"}
