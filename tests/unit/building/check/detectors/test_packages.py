"""Binaries for another processor than their names say."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.detectors import packages
from crosscraft.building.check.package_files import PackageFiles
from crosscraft.inspection.elf import Elf

X86, ARM = Elf("EM_X86_64", 64, "little"), Elf("EM_AARCH64", 64, "little")


def package(files: dict[str, Elf]) -> PackageFiles:
    return PackageFiles(Path("a.whl"), tuple(files), files)


@pytest.mark.parametrize(
    ("name", "binary", "is_wrong"),
    [
        ("a.cpython-311-x86_64-linux-gnu.so", ARM, True),
        ("a.cpython-313t-x86_64-linux-gnu.so", ARM, True),
        ("a.pypy310-pp73-x86_64-linux-gnu.so", ARM, True),
        ("a.cpython-311-aarch64-linux-gnu.so", ARM, False),
        ("a.cpython-36m-x86_64-linux-gnu.so", X86, False),
        ("a.abi3.so", ARM, False),
        ("a.cpython-311.so", ARM, False),
        ("libx86_64-helper.so", ARM, False),
    ],
)
def test_the_name_of_an_extension(name: str, binary: Elf, is_wrong: bool) -> None:
    found = [each.file for each in packages.wrong_suffix(package({f"lib/{name}": binary}))]
    assert found == ([f"lib/{name}"] if is_wrong else [])
