"""Who builds a feedstock: a machine of the target, or another that cross-compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.conda_forge import is_crossed
from crosscraft.building.check.project import Project


@pytest.mark.parametrize(
    ("file", "crossed"),
    [
        ("", True),
        ("test: native_and_emulated\n", True),
        ("build_platform: {linux_aarch64: linux_64}\n", True),
        ("build_platform: {linux_aarch64: linux_64}\nprovider: {linux_aarch64: default}\n", True),
        ("provider: {linux_aarch64: default}\n", False),
        ("provider: {linux_ppc64le: default}\n", True),
        ("provider: [\n", True),
    ],
)
def test_a_provider_without_a_build_platform_is_a_machine_of_the_target(
    file: str, crossed: bool, tmp_path: Path
) -> None:
    (tmp_path / "conda-forge.yml").write_text(file, encoding="utf-8")
    assert is_crossed(Project(tmp_path, "linux-aarch64")) is crossed


def test_a_native_build_crosses_nothing(tmp_path: Path) -> None:
    assert not is_crossed(Project(tmp_path, "linux-64"))
