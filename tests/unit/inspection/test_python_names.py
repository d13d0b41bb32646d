"""The names that a Python looks for: those of the Python that runs this test, and others' rules."""

from __future__ import annotations

import importlib.machinery
import sys
import sysconfig

import pytest

from crosscraft.inspection import python_names

GNU = "x86_64-linux-gnu"


def python(name: str, minor: int) -> python_names.Python:
    return next(one for one in python_names.ALL if (one.name, one.minor) == (name, minor))


def looked_for(name: str, minor: int) -> list[str]:
    return [end for end, looks in python(name, minor).suffixes(GNU).items() if looks]


def test_this_python_looks_for_the_same():
    triplet = sysconfig.get_config_var("MULTIARCH")
    free = sysconfig.get_config_var("Py_GIL_DISABLED")
    name = "free-threaded Python" if free else "Python"
    found = python(name, sys.version_info.minor).suffixes(triplet)
    ends = importlib.machinery.EXTENSION_SUFFIXES
    assert [end for end in found if found[end] or end in ends] == ends


@pytest.mark.parametrize(
    ("name", "minor", "ends"),
    [
        ("Python", 7, [f".cpython-37m-{GNU}.so", ".abi3.so", ".so"]),
        ("Python", 8, [f".cpython-38-{GNU}.so", ".abi3.so", ".so"]),
        ("Python", 11, [f".cpython-311-{GNU}.so", ".abi3.so", ".so"]),
        ("debug Python", 12, [f".cpython-312d-{GNU}.so", ".abi3.so", ".so"]),
        ("free-threaded Python", 13, [f".cpython-313t-{GNU}.so", ".so"]),
        ("PyPy", 9, [f".pypy39-pp73-{GNU}.so"]),
        ("Python", 15, [
            f".cpython-315-{GNU}.so", f".abi3-{GNU}.so", ".abi3.so", f".abi3t-{GNU}.so",
            ".abi3t.so", ".so",
        ]),
        ("free-threaded Python", 15, [
            f".cpython-315t-{GNU}.so", f".abi3t-{GNU}.so", ".abi3t.so", ".so",
        ]),
    ],
)  # fmt: skip
def test_the_ends_of_names(name, minor, ends):
    assert looked_for(name, minor) == ends


def test_what_only_some_builds_look_for():
    unsure = [end for end, looks in python("Python", 11).suffixes(GNU).items() if looks is None]
    assert unsure == [".cpython-311-x86_64-linux-musl.so"]
    hard_float = python("Python", 11).suffixes("arm-linux-gnueabihf")
    assert hard_float[".cpython-311-arm-linux-musleabihf.so"] is None
    assert python("free-threaded Python", 14).suffixes(GNU)[".abi3.so"] is None


@pytest.mark.parametrize(
    ("depends", "found"),
    [
        ([], []),
        (["python", "libgcc >=12"], []),
        (["python", "python_abi 3.11.* *_cp311"], ["Python 3.11"]),
        (["python >=3.11,<3.12.0a0"], ["Python 3.11", "PyPy 3.11", "debug Python 3.11"]),
        (["python >=3.11,<3.12.0a0 *_cpython"], ["Python 3.11"]),
        (["python 3.12.4.*"], ["Python 3.12", "PyPy 3.12", "debug Python 3.12"]),
        (["python >=3.9,<3.14", "python_abi 3.9.* *_pypy39_pp73"], ["PyPy 3.9"]),
        (["python_abi 3.13.* *_cp313t"], ["free-threaded Python 3.13"]),
        (["conda-forge::python_abi=3.7.*=*_cp37m"], ["Python 3.7"]),
        (["python_abi * *_none"], []),
        (["python 2.7.*"], []),
        (["python 3.11.*", "python 3.12.*"], []),
        (["python-dateutil >=2", "ipython"], []),
        (["python >>>", "python_abi 3.11.* *_cp311"], ["Python 3.11"]),
    ],
)
def test_what_a_package_depends_on(depends, found):
    assert [str(one) for one in python_names.allowed(depends)] == found


@pytest.mark.parametrize(
    ("module", "init"),
    [
        ("bolt", "PyInit_bolt"),
        ("my-mod", "PyInit_my_mod"),
        ("grüße", "PyInitU_gre_6ka8l"),
        ("x" * 210, f"PyInit_{'x' * 200}"),
    ],
)
def test_the_functions(module, init):
    assert python_names.functions(module) == (init, init.replace("Init", "ModExport"))


@pytest.mark.parametrize(
    ("suffix", "triplet"),
    [
        (".cpython-311-x86_64-linux-gnu.so", GNU),
        (".cpython-313td-x86_64-linux-gnu.so", GNU),
        (".pypy311-pp73-x86_64-linux-gnu.so", GNU),
        (".abi3t-x86_64-linux-gnu.so", GNU),
        (".cpython-311-darwin.so", "darwin"),
        (".cpython-311-.so", ""),
        (".abi3.so", ""),
        (".so", ""),
        ("..so", ""),
    ],
)
def test_the_triplet_in_a_name(suffix, triplet):
    assert python_names.triplet_in(suffix) == triplet


@pytest.mark.parametrize(
    ("path", "noarch", "found"),
    [
        ("lib/python3.11/site-packages/a.so", False, (True, "lib/python3.11")),
        ("lib/python3.11/site-packages/a/b-c/d.so", False, (True, "lib/python3.11")),
        ("lib/python3.11/lib-dynload/a.so", False, (True, "lib/python3.11")),
        ("lib/python3.11/a.so", False, (True, "lib/python3.11")),
        ("lib/python3.13t/site-packages/a.so", False, (True, "lib/python3.13t")),
        ("lib/pypy3.9/site-packages/a.so", False, (True, "lib/pypy3.9")),
        ("site-packages/a.so", True, (True, "")),
        ("site-packages/a.so", False, (None, "")),
        ("lib/python3.11/site-packages/a.egg/b.so", False, (None, "")),
        ("share/lib/python3.11/site-packages/a.so", False, (None, "")),
        ("lib/a.so", False, (None, "")),
        ("lib/python3/dist-packages/a.so", False, (False, "")),
        ("lib/python3.11/dist-packages/a.so", False, (False, "")),
        ("lib64/python3.11/site-packages/a.so", False, (False, "")),
        ("usr/local/lib/python3.11/dist-packages/a.so", False, (False, "")),
    ],
)
def test_the_folders(path, noarch, found):
    assert python_names.root(path, noarch) == found
