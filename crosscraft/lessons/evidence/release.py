"""Compare the packages of the learner with what their sources give now."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.channel import output as outputs
from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, elf
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.lessons.evidence.packages import Packages

__all__ = ["Expected", "channel", "difference", "find", "machine"]


@dataclass(frozen=True, slots=True)
class Expected:
    """A package of a release."""

    name: str
    """Its name."""
    subdir: str
    """Its subdir."""

    def __str__(self) -> str:
        return f"{self.name} for {self.subdir}"


def find(folder: Path, expected: Expected, version: str) -> CondaFile | None:
    """Return the package in a channel, the latest if there are several builds of one version.

    What is in the package counts, and not what its file is called.
    """
    found = []
    for path in (folder / expected.subdir).glob("*.conda"):
        try:
            facts = conda_file.read(path)
        except CrosscraftError:
            continue
        if (facts.name, facts.subdir, facts.version) == (expected.name, expected.subdir, version):
            found.append(facts)
    return max(found, key=lambda one: (one.build_number, one.timestamp or 0), default=None)


def difference(own: CondaFile, fresh: CondaFile) -> str:
    """Return how a package differs from a fresh build of the same sources, or an empty text."""
    for what in ("build", "depends", "constrains", "files", "tests"):
        # The engine writes lists of packages in any order.
        if sorted(getattr(own, what)) != sorted(getattr(fresh, what)):
            return f"its {what} differ from those of a fresh build"
    try:
        differing = (file for file in own.files if _code(own, file) != _code(fresh, file))
        return next((f"{file} differs from that of a fresh build" for file in differing), "")
    except CrosscraftError as error:
        return error.what


def machine(package: CondaFile) -> str:
    """Return the processor in the ELF header of each binary, or what the package has instead."""
    binaries = [file for file in package.files if file.endswith(".so")]
    found = (elf.read(conda_file.open_member(package.path, file)).machine for file in binaries)
    return ", ".join(found) or "no machine code"


def channel(packages: Sequence[CondaFile], folder: Path) -> Packages:
    """Return a channel with copies of packages."""
    for package in packages:
        (folder / package.subdir).mkdir(parents=True, exist_ok=True)
        shutil.copy2(package.path, folder / package.subdir)
    outputs.index(folder, print)
    return Packages(folder)


def _code(package: CondaFile, file: str) -> bytes:
    """Return a file without the build ID, which the linker makes of the names of folders, too."""
    content = conda_file.open_member(package.path, file)
    if not content.startswith(b"\x7fELF"):
        return content
    mark = elf.read(content).build_id
    return content.replace(bytes.fromhex(mark), b"") if mark else content
