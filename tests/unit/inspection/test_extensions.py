"""Whether Python can import an extension, by what its package says.

:mod:`tests.oracles.test_imports` compares the same answers with a real Python.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from crosscraft.inspection import extensions, machine_code, python_names
from crosscraft.inspection.elf import Elf, Symbol
from crosscraft.platforms import PLATFORMS

SITE = "lib/python3.11/site-packages"
PYTHON_311 = ["python", "python_abi 3.11.* *_cp311"]
GNU, ARM = "x86_64-linux-gnu", "aarch64-linux-gnu"


def library(*functions: str, machine: str = "EM_X86_64", **more: object) -> Elf:
    symbols = tuple(Symbol(name, name, "STT_FUNC", "STB_GLOBAL", 0, 0, "") for name in functions)
    return Elf(machine, 64, "little", **{"type": "ET_DYN", "exported": symbols, **more})


M = library("PyInit_m")


def package(depends=(), subdir="linux-64", noarch=False) -> extensions.Package:
    allowed = python_names.allowed(depends)
    return extensions.Package(PLATFORMS.get(subdir), noarch, allowed)


def answer(path, binary, of) -> bool | str | None:
    answers = {holds for holds, _ in extensions.judge(path, binary, of)}
    if not answers:
        return "not asked"
    return False if False in answers else None if None in answers else True


PATHS = [
    (f"{SITE}/m.cpython-311-{GNU}.so", PYTHON_311, True),
    (f"{SITE}/m.cpython-311-{GNU}.so", [], True),
    (f"{SITE}/m.cpython-311-{GNU}.so", ["python >=3.8"], True),
    (f"{SITE}/m.cpython-311-{GNU}.so", ["python_abi 3.12.* *_cp312"], False),
    (f"{SITE}/m.cpython-311-{GNU}.so", ["python_abi * *_none"], True),
    (f"{SITE}/m.cpython-311d-{GNU}.so", PYTHON_311, False),
    (f"{SITE}/m.cpython-312-{GNU}.so", [], False),
    (f"{SITE}/m.cpython-311-{ARM}.so", PYTHON_311, False),
    (f"{SITE}/m.cpython-311-x86_64-linux-musl.so", PYTHON_311, None),
    (f"{SITE}/m.cpython-312-x86_64-linux-musl.so", PYTHON_311, False),
    (f"{SITE}/m.cpython-311-aarch64-linux-musl.so", PYTHON_311, False),
    (f"{SITE}/m.pypy311-pp73-{GNU}.so", PYTHON_311, False),
    (f"{SITE}/m.abi3.so", PYTHON_311, True),
    (f"{SITE}/m.abi3t.so", PYTHON_311, False),
    (f"{SITE}/m..so", PYTHON_311, False),
    (f"{SITE}/m.None.so", PYTHON_311, False),
    ("lib/python3.13t/site-packages/m.cpython-313t-x86_64-linux-gnu.so", ["python"], True),
    ("lib/python3.13t/site-packages/m.cpython-313-x86_64-linux-gnu.so", ["python"], False),
    ("lib/python3.13t/site-packages/m.abi3.so", ["python"], None),
    ("lib/python3.15t/site-packages/m.abi3.so", ["python"], False),
    ("lib/python3.15/site-packages/m.abi3t-x86_64-linux-gnu.so", ["python"], True),
    ("lib/pypy3.9/site-packages/m.pypy39-pp73-x86_64-linux-gnu.so", ["python 3.9.*"], True),
    ("lib/pypy3.9/site-packages/m.so", ["python 3.9.* *_73_pypy"], False),
    ("lib/python2.7/site-packages/m.so", [], None),
    ("lib/python2.7/site-packages/m.so", PYTHON_311, False),
    ("lib64/python3.11/site-packages/m.abi3.so", PYTHON_311, False),
    ("share/app/m.so", PYTHON_311, None),
    ("lib/m.cpython-311-x86_64-linux-gnu.so", PYTHON_311, None),
    (f"{SITE}/m/__init__.abi3.so", PYTHON_311, True),
    (f"{SITE}/n/__init__.abi3.so", PYTHON_311, False),
]


@pytest.mark.parametrize(("path", "depends", "holds"), PATHS)
def test_the_python_of_a_package(path, depends, holds):
    assert answer(path, M, package(depends)) is holds


NOARCH = [
    ("site-packages/m.abi3.so", ["python >=3.10"], True),
    ("site-packages/m.so", ["python"], True),
    ("site-packages/m.cpython-311-x86_64-linux-gnu.so", ["python >=3.11,<3.12.0a0"], True),
    ("site-packages/m.cpython-311-x86_64-linux-gnu.so", ["python >=3.10"], None),
    ("site-packages/m.cpython-39-x86_64-linux-gnu.so", ["python >=3.10"], False),
    ("site-packages/m.cpython-311-x86_64-linux-gnu.so", ["python"], None),
    ("site-packages/m.abi3t.so", ["python >=3.14"], None),
]


@pytest.mark.parametrize("subdir", ["linux-64", "noarch"])
@pytest.mark.parametrize(("path", "depends", "holds"), NOARCH)
def test_a_package_whose_folder_the_installer_chooses(path, depends, holds, subdir):
    assert answer(path, M, package(depends, subdir, noarch=True)) is holds


ALONE = [
    (f"m.cpython-311-{GNU}.so", M, True),
    (f"m.cpython-311d-{GNU}.so", M, True),
    (f"m.cpython-313t-{GNU}.so", M, True),
    (f"m.pypy311-pp73-{GNU}.so", M, True),
    (f"m.cpython-311-{ARM}.so", M, False),
    ("m.cpython-311-x86_64-linux-musl.so", M, None),
    ("m.cpython-311-x86_64-conda-linux-gnu.so", M, False),
    ("m.cpython-311-.so", M, False),
    ("m.None.so", M, False),
    ("m.so", M, True),
    ("__init__.abi3.so", M, None),
    (".abi3.so", library("PyInit_"), False),
    (f"m.cpython-311-{GNU}.so", library("PyInit_m", abi="ELFOSABI_FREEBSD"), False),
    ("m.cpython-311-riscv64-linux-gnu.so", library("PyInit_m", machine="EM_RISCV"), None),
    ("m.abi3.so", library("PyModExport_m"), None),
    (f"m.cpython-315-{GNU}.so", library("PyModExport_m"), None),
    ("m.abi3.so", library("PyInit_m", type="ET_REL"), False),
    ("m.abi3.so", library("PyInit_m", position_independent_program=True), False),
    ("libm.abi3.so", library(), "not asked"),
    ("libm.abi3.so", library("PyInit_m"), False),
    ("m.so.1", M, "not asked"),
]


@pytest.mark.parametrize(("name", "binary", "holds"), ALONE)
def test_a_file_of_its_own(name, binary, holds):
    assert answer(name, binary, None) == holds


@pytest.mark.parametrize(
    ("minor", "functions", "holds"),
    [
        (15, ["PyModExport_m"], True),
        (14, ["PyModExport_m"], False),
        (14, ["PyInit_m", "PyModExport_m"], True),
        (15, ["PyModExport_n"], False),
    ],
)
def test_the_export_of_python_3_15(minor, functions, holds):
    path = f"lib/python3.{minor}/site-packages/m.so"
    assert answer(path, library(*functions), package()) is holds


MAC_OS = machine_code.find(bytes.fromhex("cffaedfe0c0000010000000006000000"))


@pytest.mark.parametrize(
    ("path", "binary", "subdir", "holds"),
    [
        (f"{SITE}/m.cpython-311-{GNU}.so", None, "linux-64", False),
        (f"{SITE}/m.so", None, "linux-64", False),
        (f"{SITE}/libm.so", None, "linux-64", "not asked"),
        ("lib/m.so", None, "linux-64", "not asked"),
        (f"{SITE}/m.cpython-311-darwin.so", MAC_OS, "linux-64", False),
        (f"{SITE}/m.cpython-311-darwin.so", MAC_OS, "osx-arm64", None),
        (f"{SITE}/m.cp311-win_amd64.pyd", MAC_OS, "noarch", None),
        ("lib/libm.dylib", MAC_OS, "linux-64", "not asked"),
        (f"{SITE}/m.so", library(), "linux-64", None),
        (f"{SITE}/m.abi3.so", library(), "linux-64", False),
        (f"{SITE}/libm.so", library(), "linux-64", "not asked"),
        (f"{SITE}/m.pyd", M, "linux-64", False),
        (f"{ARM}/{SITE}/m.cpython-311-{ARM}.so", library("PyInit_m", machine="EM_AARCH64"),
         "linux-64", None),
        (f"aarch64-linux-gnu/{SITE}/m.so", library("PyInit_m", machine="EM_AARCH64"), "linux-64",
         None),
    ],
)  # fmt: skip
def test_what_is_no_extension_of_linux(path, binary, subdir, holds):
    assert answer(path, binary, package(PYTHON_311, subdir)) == holds


def test_the_evidence_names_what_python_looks_for():
    (line,) = (
        line
        for holds, line in extensions.judge(f"{SITE}/m.None.so", M, package(PYTHON_311))
        if holds is False
    )
    assert line == (
        f"{SITE}/m.None.so ends in .None.so, and Python 3.11 looks for "
        f".cpython-311-{GNU}.so, .abi3.so, .so"
    )


def test_a_wrong_processor_is_no_wrong_name():
    wrong = [
        line for holds, line in extensions.judge(f"m.cpython-311-{ARM}.so", M, None) if not holds
    ]
    assert wrong == [f"m.cpython-311-{ARM}.so names {ARM}, and is not for that processor"]


@pytest.mark.parametrize(("noarch", "chosen"), [("python", True), ("generic", False), ("", False)])
def test_what_the_facts_of_a_package_say(noarch, chosen):
    facts = SimpleNamespace(depends=tuple(PYTHON_311), subdir="linux-aarch64", noarch=noarch)
    of = extensions.Package.of(facts)
    assert of == extensions.Package(
        PLATFORMS["linux-aarch64"], chosen, python_names.allowed(PYTHON_311)
    )
    assert of.pythons


TWO = ["python >=3.11,<3.13.0a0"]
EVIDENCE = [
    ("m.abi3.so", M, package(PYTHON_311), None, "m.abi3.so is in the prefix, and Python looks"),
    ("share/app/m.so", M, package(PYTHON_311), None, "is in share/app, and Python looks there"),
    ("lib64/python3.11/site-packages/m.abi3.so", M, package(PYTHON_311), False,
     "is in lib64/python3.11/site-packages, and Python does not"),
    (f"{SITE}/m.so", library("PyInit_a", "PyInit_b", "PyInit_c", "PyInit_d"), package(PYTHON_311),
     False, "but it has PyInit_a, PyInit_b, PyInit_c"),
    (f"{SITE}/m.abi3.so", library(), package(PYTHON_311), False, "but it has no such function"),
    (f"{SITE}/m.cpython-311-x86_64-linux-musl.so", M, package(PYTHON_311), None, "that C library"),
    ("m.cpython-311-x86_64-linux-musl.so", M, package(PYTHON_311), None, "that C library"),
    (f"site-packages/m.cpython-311-{GNU}.so", M, package(TWO, noarch=True), None, "not every"),
    (f"site-packages/m.cpython-39-{GNU}.so", M, package(TWO, noarch=True), False, "no Python that"),
    (f"{SITE}/m.cpython-311-{GNU}.so", M, package(PYTHON_311, "linux-aarch64"), False,
     f"and Python 3.11 looks for .cpython-311-{ARM}.so"),
    ("m.cpython-311-riscv64-linux-gnu.so", library("PyInit_m", machine="EM_RISCV"), None, None,
     "and is for EM_RISCV"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "binary", "of", "holds", "words"), EVIDENCE)
def test_the_evidence(path, binary, of, holds, words):
    lines = [line for found, line in extensions.judge(path, binary, of) if found is holds]
    assert [line for line in lines if words in line], lines
    assert not [line for line in lines if line.endswith((f"{words}, PyInit_d", "None"))]


def test_a_folder_of_another_python_is_one_fault():
    """The name is judged by the Python of the folder."""
    path = f"lib/python3.12/site-packages/m.cpython-312-{GNU}.so"
    found = [line for holds, line in extensions.judge(path, M, package(PYTHON_311)) if not holds]
    assert len(found) == 1
    assert "the package is for Python 3.11" in found[0]
