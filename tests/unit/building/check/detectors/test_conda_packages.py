"""What a conda package says it needs is compared with what its binaries need."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.detectors import conda_packages
from crosscraft.building.check.package_files import PackageFiles
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.inspection.elf import Elf

EXTENSION = "lib/python3.11/site-packages/a.cpython-311-aarch64-linux-gnu.so"


def package(
    *depends: str, file: str = EXTENSION, glibc: str = "2.17", subdir: str = "linux-aarch64",
    noarch: str = "",
) -> PackageFiles:  # fmt: skip
    conda = CondaFile(
        Path("a.conda"), "a", "1", "h0_0", subdir, depends, {}, (file,), {}, noarch=noarch
    )
    binary = Elf("EM_AARCH64", 64, "little", requires={"GLIBC": glibc} if glibc else {})
    return PackageFiles(Path("a.conda"), (file,), {file: binary}, conda=conda)


@pytest.mark.parametrize(
    ("made", "count"),
    [
        (package("libgcc >=12", glibc="2.34"), 1),
        (package("libgcc >=12", glibc="2.17"), 0),
        (package("libgcc >=12", glibc=""), 0),
        (package("__glibc >=2.34,<3.0.a0", glibc="2.34"), 0),
        (package("sysroot_linux-aarch64", glibc="2.34"), 0),
        (package(glibc="2.36", subdir="linux-riscv64"), 0),
        (package(glibc="2.34", subdir="noarch"), 0),
    ],
)
def test_code_for_a_new_c_library_says_so(made: PackageFiles, count: int) -> None:
    assert len(list(conda_packages.glibc_without_bound(made))) == count


@pytest.mark.parametrize(
    ("made", "count"),
    [
        (package("python"), 1),
        (package("python", "python_abi 3.11.* *_cp311"), 0),
        (package("python >=3.11,<3.12.0a0"), 0),
        (package("python", file="lib/python3.11/site-packages/a.abi3.so"), 0),
        (package("libgcc"), 0),
    ],
)
def test_an_extension_says_which_python(made: PackageFiles, count: int) -> None:
    assert len(list(conda_packages.python_without_abi(made))) == count


@pytest.mark.parametrize(
    ("made", "count"),
    [
        (package(file="site-packages/a.so", noarch="python", subdir="noarch"), 1),
        (package(file="sysroot/lib/libc.so.6", noarch="generic", subdir="noarch"), 0),
        (package(), 0),
    ],
)
def test_a_noarch_package_has_no_extension(made: PackageFiles, count: int) -> None:
    assert len(list(conda_packages.noarch_with_binary(made))) == count
