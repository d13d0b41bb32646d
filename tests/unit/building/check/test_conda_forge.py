"""Who builds a feedstock: a machine of the target, or another that cross-compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.conda_forge import builder
from crosscraft.building.check.files import Files
from crosscraft.building.check.project import Project


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("", "linux-64"),
        ("test: native_and_emulated\n", "linux-64"),
        ("build_platform: {linux_aarch64: linux_64}\n", "linux-64"),
        (
            "build_platform: {linux_aarch64: linux_64}\nprovider: {linux_aarch64: default}\n",
            "linux-64",
        ),
        ("build_platform: {linux_aarch64: linux_ppc64le}\n", "linux-ppc64le"),
        ("build_platform: {linux_aarch64: linux_aarch64}\n", "linux-aarch64"),
        ("provider: {linux_aarch64: default}\n", "linux-aarch64"),
        ("provider: {linux_ppc64le: default}\n", "linux-64"),
        ("provider: {linux_aarch64: None}\n", "linux-64"),
        ("provider: [\n", "linux-64"),
        ("build_platform: {linux_aarch64: []}\nprovider: 1\n", "linux-64"),
    ],
)
def test_a_feedstock_says_who_builds(file: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "conda-forge.yml").write_text(file, encoding="utf-8")
    assert builder(Files(tmp_path), "linux-aarch64") == expected


@pytest.mark.parametrize(
    ("target", "build"),
    [
        ("linux-64", "linux-64"),
        ("linux-s390x", "linux-64"),
        ("osx-64", "osx-64"),
        ("osx-arm64", "osx-64"),
    ],
)
def test_macs_build_for_macs(target: str, build: str, tmp_path: Path) -> None:
    project = Project(tmp_path, target)
    assert (project.build, project.is_cross) == (build, target != build)
