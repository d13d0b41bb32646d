"""Traps in what was built: binaries whose names tell another processor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from crosscraft.building.check.model import Place
from crosscraft.building.check.package_files import PackageFiles
from crosscraft.inspection import elf

__all__ = ["wrong_suffix"]

_IN_NAMES = {
    "x86_64": "EM_X86_64", "i386": "EM_386", "aarch64": "EM_AARCH64", "arm": "EM_ARM",
    "powerpc64le": "EM_PPC64", "ppc64le": "EM_PPC64", "s390x": "EM_S390", "riscv64": "EM_RISCV",
}  # fmt: skip
"""Processors in the file names of extensions (PEP 3149), with ``e_machine``."""


def wrong_suffix(package: PackageFiles) -> Iterator[Place]:
    """An extension whose name tells another processor than its header."""
    for path, binary in package.binaries.items():
        name = PurePosixPath(path).name
        parts = (elf.soabi(name) or "").split("-")
        named = next((_IN_NAMES[part] for part in parts if part in _IN_NAMES), binary.machine)
        if named != binary.machine:
            yield Place(path, values={"the_search": "the build"})
