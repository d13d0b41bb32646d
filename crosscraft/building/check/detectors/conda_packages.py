"""Traps in conda packages: what they say they need, and what their binaries need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.model import Place
from crosscraft.building.check.package_files import PackageFiles

__all__ = ["glibc_without_bound", "noarch_with_binary", "python_without_abi"]

_OLD = (2, 17)
"""The C library that conda-forge's packages may need without saying so."""
_OF_OLD = {"linux-64", "linux-aarch64", "linux-ppc64le", "linux-s390x"}
_EXTENSION = re.compile(r"site-packages/.*\.cpython-(3\d+)t?-[\w-]+\.so$")


def glibc_without_bound(package: PackageFiles) -> Iterator[Place]:
    """A package with code for a newer C library than every machine has, and no word of it."""
    conda = package.conda
    if not conda or conda.subdir not in _OF_OLD or "sysroot" in conda.name:
        return
    if any(depend.startswith(("__glibc", "sysroot_")) for depend in conda.depends):
        return
    for path, binary in sorted(package.binaries.items()):
        if _version(binary.requires.get("GLIBC", "")) > _OLD:
            yield Place(path, 0, {"output": conda.name})
            return


def python_without_abi(package: PackageFiles) -> Iterator[Place]:
    """A package with an extension for one Python that accepts all of them."""
    conda = package.conda
    if not conda or "python" not in conda.depends:
        return
    if any(depend.startswith("python_abi") for depend in conda.depends):
        return
    versions = {found[1] for path in package.files if (found := _EXTENSION.search(path))}
    if len(versions) == 1:
        path = next(path for path in package.files if _EXTENSION.search(path))
        yield Place(path, 0, {"output": conda.name})


def noarch_with_binary(package: PackageFiles) -> Iterator[Place]:
    """A noarch Python package with an extension."""
    conda = package.conda
    if not conda or conda.noarch != "python":
        return
    for path in sorted((*package.binaries, *package.foreign)):
        if path.startswith("site-packages/") and path.endswith((".so", ".pyd", ".dylib")):
            yield Place(path, 0, {"output": conda.name})
            return


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())
