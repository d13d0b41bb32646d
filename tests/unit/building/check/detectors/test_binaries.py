"""Binaries that do not fit their package: what is found, and what is left alone."""

from __future__ import annotations

import pytest

from crosscraft.building.check.detectors import binaries
from crosscraft.inspection import machine_code
from tests.support.packages_of_facts import SITE, binary, conda, wheel

X86, ARM = "EM_X86_64", "EM_AARCH64"
MACH_X86 = machine_code.find(b"\xcf\xfa\xed\xfe\x07\x00\x00\x01" + bytes(4) + b"\x06" + bytes(9))
EXTENSION = f"{SITE}/m.cpython-311-aarch64-linux-gnu.so"

MACHINES = [
    (EXTENSION, binary("PyInit_m", machine=X86), "linux-aarch64", True),
    (EXTENSION, binary("PyInit_m", machine=ARM), "linux-aarch64", False),
    ("lib/liba.so.1", binary(machine=X86), "linux-aarch64", True),
    ("bin/tool", binary(machine=X86), "linux-ppc64le", True),
    # Data, the files of a cross-compiler, and a platform that is not known.
    (f"{SITE}/debugger/attach_linux_amd64.so", binary(machine=X86), "linux-aarch64", False),
    ("aarch64-conda-linux-gnu/lib/libc.so.6", binary(machine=ARM), "linux-64", False),
    ("lib/liba.so.1", binary(machine="EM_SH"), "linux-aarch64", False),
    ("share/firmware/a.so", binary(machine=X86), "linux-aarch64", False),
    (f"{SITE}/m.cpython-311-darwin.so", MACH_X86, "osx-arm64", True),
    (f"{SITE}/m.cpython-311-darwin.so", MACH_X86, "osx-64", False),
    (f"{SITE}/data/a.dylib", MACH_X86, "osx-arm64", False),
    (EXTENSION, binary(machine=X86), "noarch", False),
]


@pytest.mark.parametrize(("path", "code", "subdir", "found"), MACHINES)
def test_the_machine_of_a_binary(path, code, subdir, found):
    assert bool([*binaries.wrong_machine_in_package(conda({path: code}, subdir))]) is found


FOLDERS = [
    ("/home/me/project/build/lib", True),
    ("/tmp/b/lib", True),
    ("/opt/conda/conda-bld/a_1/_h_env_placehold_placehold/lib", True),
    ("$ORIGIN/../lib", False),
    ("${ORIGIN}", False),
    ("/usr/lib64", False),
    ("/usr/local/cuda/lib64", False),
    ("", False),
]


@pytest.mark.parametrize(("folder", "found"), FOLDERS)
def test_the_folders_in_a_search_path(folder, found):
    for one in (binary(rpath=("$ORIGIN", folder)), binary(runpath=(folder,))):
        package = conda({"lib/liba.so": one})
        assert bool([*binaries.rpath_of_the_build_machine(package)]) is found


def test_a_prefix_that_the_installer_replaces():
    prefix = "/home/me/bld/h_env_placehold"
    one = binary(rpath=(f"{prefix}/lib",), needed=(f"{prefix}/lib/libb.so",))
    package = conda({"lib/liba.so": one}, placeholder=prefix)
    assert [*binaries.rpath_of_the_build_machine(package)] == []
    assert [*binaries.needs_a_file_of_the_build(package)] == []


@pytest.mark.parametrize(("needed", "found"), [("/work/libb.so", True), ("libb.so.1", False)])
def test_a_library_needed_by_its_path(needed, found):
    package = conda({"lib/liba.so": binary(needed=("libc.so.6", needed))})
    assert bool([*binaries.needs_a_file_of_the_build(package)]) is found


PYTHONS = [
    (EXTENSION, binary("PyInit_m", needed=("libpython3.11.so.1.0",)), True),
    (EXTENSION, binary("PyInit_m", needed=("libc.so.6",)), False),
    ("lib/libembeds.so", binary(needed=("libpython3.11.so.1.0",)), False),
    ("bin/program", binary(needed=("libpython3.11.so.1.0",)), False),
]


@pytest.mark.parametrize(("path", "code", "found"), PYTHONS)
def test_an_extension_linked_with_python(path, code, found):
    assert bool([*binaries.python_linked_into_extension(conda({path: code}))]) is found


GLIBC = [
    (["__glibc >=2.17,<3.0.a0"], "2.34", True),
    (["__glibc >=2.17", "__glibc >=2.36"], "2.34", False),
    (["python"], "2.34", False),
    (["__glibc >=2.17"], "2.17", False),
    (["__glibc >=2.17"], "PRIVATE", False),
]


@pytest.mark.parametrize(("depends", "needed", "found"), GLIBC)
def test_the_c_library_that_a_conda_package_promises(depends, needed, found):
    package = conda({"lib/liba.so": binary(requires={"GLIBC": needed})}, depends=depends)
    assert bool([*binaries.built_on_a_newer_machine(package)]) is found


WHEELS = [
    ("a-1-cp311-cp311-manylinux2014_aarch64.whl", "2.29", True),
    ("a-1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl", "2.17", False),
    ("a-1-cp311-cp311-manylinux_2_31_aarch64.whl", "2.31", False),
    ("a-1-cp311-cp311-linux_aarch64.whl", "2.38", False),
]


@pytest.mark.parametrize(("name", "needed", "found"), WHEELS)
def test_the_c_library_that_a_wheel_promises(name, needed, found):
    package = wheel(name, {"a/m.abi3.so": binary("PyInit_m", requires={"GLIBC": needed})})
    assert bool([*binaries.built_on_a_newer_machine(package)]) is found
