"""What a feedstock has and a project doesn't: a release to download, and the global pinning."""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from crosscraft.building.recipe import Rendered
from crosscraft.lessons.evidence import finished, packages, recipes
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform
from crosscraft.system import files

__all__ = ["ARCHIVE", "MEMBERS", "PLATFORMS", "PYTHONS", "archive", "build", "render", "sha256"]

ARCHIVE = "cpp_math-0.1.0.tar.gz"
"""The file name of the release."""

MEMBERS = ("CMakeLists.txt", "LICENSE", "src/math.cpp")
"""The files in the release, in a folder with its name and version."""

PLATFORMS = ("linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64")
"""The platforms for which a feedstock is rendered."""

PYTHONS = ("3.11", "3.12", "3.13")
"""The Pythons of the pinning."""

_PINNING = f"""\
python: [{", ".join(f'"{version}"' for version in PYTHONS)}]
python_min: ["{PYTHONS[0]}"]
c_stdlib:
  - if: linux
    then: sysroot
  - if: osx
    then: macosx_deployment_target
  - if: win
    then: vs
c_stdlib_version:
  - if: linux
    then: "2.17"
  - if: osx
    then: "11.0"
"""
"""The part of conda-forge's global pinning that our recipe reads. Its values change with time.

Source: https://github.com/conda-forge/conda-forge-pinning-feedstock
"""


_HERE = """\
c_stdlib: [sysroot]
python: ["3.11"]
python_min: ["3.11"]
"""
"""The part of the pinning that every channel has the packages for."""


@functools.cache
def archive() -> bytes:
    """Return the release of the finished project, the same bytes each time."""
    folder = ARCHIVE.removesuffix(".tar.gz")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in MEMBERS:
            content = (finished.KEY / name).read_bytes()
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def sha256() -> str:
    """Return the checksum of the release, as ``sha256sum`` prints it."""
    return hashlib.sha256(archive()).hexdigest()


def render(work: Work, recipe: str, name: str) -> Mapping[str, Rendered]:
    """Render the text of a recipe for each platform, with the pinning beside it.

    :param name: a name for its temporary folder.
    :raises Refused: if the engine cannot parse it.
    """
    folder = work.scratch / name
    folder.mkdir()
    (folder / "variants.yaml").write_text(_PINNING, encoding="utf-8")
    (folder / "recipe.yaml").write_text(recipe, encoding="utf-8")
    return recipes.render(work, Path(folder, "recipe.yaml"), PLATFORMS)


def build(
    work: Work,
    recipe: Mapping[str, Any],
    source: Mapping[str, Any],
    platforms: Sequence[Platform],
) -> Packages:
    """Build a recipe, with the release in a folder of this machine in place of the download.

    :param recipe: the recipe, as its file has it.
    :param source: its source for this version, rendered.
    :raises Refused: if a build or a test of the recipe fails.
    """
    project = work.scratch / "project"
    files.write(project / ARCHIVE, archive())
    here = {**source, "url": (project / ARCHIVE).as_uri()}
    text = yaml.safe_dump({**recipe, "source": here}, sort_keys=False)
    files.write(project / "recipe" / "recipe.yaml", text)
    files.write(project / "recipe" / "variants.yaml", _HERE)
    return packages.build_project(work, project, platforms)
