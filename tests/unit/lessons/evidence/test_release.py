"""The packages of a release, and how they differ from a fresh build."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.inspection import conda_file
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.lessons.evidence import release
from crosscraft.lessons.evidence.release import Expected
from tests.support import tiny_elf
from tests.support.small_packages import Item, package

LIBRARY = "lib/python3.11/site-packages/cpp_math.cpython-311-x86_64-linux-gnu.so"
ARM = Expected("cpp_math", "linux-aarch64")


def made(folder: Path, content: bytes = b"", **index: object) -> CondaFile:
    """A package of cpp_math, in the folder of its subdir."""
    facts = {"name": "cpp_math", "version": "0.3.0", "depends": ["python", "libgcc"], **index}
    where = folder / str(facts.get("subdir", "linux-64"))
    where.mkdir(parents=True, exist_ok=True)
    name = f"cpp_math-0.3.0-h0_{len(list(where.iterdir()))}.conda"
    return conda_file.read(package(where / name, [Item(LIBRARY, content)], facts))


def library(build_id: bytes = tiny_elf.BUILD_ID, machine: int = 62) -> bytes:
    data = bytes(tiny_elf.make(machine=machine).data)
    assert data.count(tiny_elf.BUILD_ID) == 1
    return data.replace(tiny_elf.BUILD_ID, build_id)


def test_two_builds_of_the_same_sources_are_the_same(tmp_path: Path) -> None:
    own = made(tmp_path / "a", library())
    fresh = made(tmp_path / "b", library(bytes(range(100, 120))), depends=["libgcc", "python"])
    assert release.difference(own, fresh) == ""


@pytest.mark.parametrize(
    ("content", "index", "says"),
    [
        (library(machine=183), {}, LIBRARY),
        (b"text", {}, LIBRARY),
        (library(), {"build": "h1111111_0"}, "build"),
        (library(), {"depends": ["python"]}, "depends"),
        (library(), {"constrains": ["other <2"]}, "constrains"),
    ],
)
def test_a_difference_is_named(
    tmp_path: Path, content: bytes, index: dict[str, object], says: str
) -> None:
    own = made(tmp_path / "a", library())
    assert says in release.difference(own, made(tmp_path / "b", content, **index))


def test_a_file_that_is_listed_and_missing_is_a_difference(tmp_path: Path) -> None:
    paths = {"paths": [{"_path": LIBRARY, "path_type": "hardlink"}], "paths_version": 1}
    own = conda_file.read(package(tmp_path / "cpp_math-0.3.0-h0_0.conda", paths=paths))
    facts = {"name": "cpp_math", "version": "0.3.0"}
    fresh = conda_file.read(
        package(tmp_path / "b.conda", [Item(LIBRARY, library())], facts, paths=paths)
    )
    assert release.difference(own, fresh)


def test_what_is_in_a_package_counts_and_not_its_name(tmp_path: Path) -> None:
    made(tmp_path, library(), subdir="linux-64")
    (tmp_path / ARM.subdir).mkdir()
    for path in (tmp_path / "linux-64").iterdir():
        path.rename(tmp_path / ARM.subdir / path.name)
    assert release.find(tmp_path, ARM, "0.3.0") is None


def test_the_latest_build_of_the_version_is_found(tmp_path: Path) -> None:
    made(tmp_path, library(machine=183), subdir=ARM.subdir, build_number=0)
    latest = made(tmp_path, library(machine=183), subdir=ARM.subdir, build_number=1)
    (tmp_path / ARM.subdir / "damaged.conda").write_bytes(b"PK")
    made(tmp_path, library(machine=183), subdir=ARM.subdir, version="0.2.0", build_number=7)
    found = release.find(tmp_path, ARM, "0.3.0")
    assert found == latest
    assert release.find(tmp_path, ARM, "0.4.0") is None
    assert release.machine(latest) == "EM_AARCH64"
