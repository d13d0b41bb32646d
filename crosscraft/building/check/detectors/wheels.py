"""Wheels whose names promise what is not in them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from crosscraft.building.check.model import Place
from crosscraft.building.check.package_files import PackageFiles
from crosscraft.inspection import elf
from crosscraft.inspection.elf import Elf

__all__ = ["wheel_of_another_platform"]

_PROCESSORS = {
    "linux-64": "x86_64", "linux-32": "i686", "linux-aarch64": "aarch64",
    "linux-ppc64le": "ppc64le", "linux-s390x": "s390x", "linux-armv7l": "armv7l",
    "linux-riscv64": "riscv64", "osx-64": "x86_64", "osx-arm64": "arm64",
}  # fmt: skip
"""The words of wheels for the processors of conda's platforms."""


def wheel_of_another_platform(package: PackageFiles) -> Iterator[Place]:
    """An extension in a wheel, for another platform than the wheel's tags name."""
    platforms = {each for tag in package.tags for each in tag.split("-")[-1].split(".")}
    if not platforms:
        return
    for path, subdirs in (*_linux(package), *_mac(package)):
        if not any(_fits(platform, subdir) for platform in platforms for subdir in subdirs):
            name, where = posixpath.basename(path), " or ".join(sorted(subdirs))
            values = {"wheel": package.path.name, "what_installs_it": f"`{name}`, for {where}"}
            yield Place(path, 0, values)


def _linux(package: PackageFiles) -> Iterator[tuple[str, frozenset[str]]]:
    for path, binary in package.binaries.items():
        found = elf.platform_of(binary)
        if found and found.subdir in _PROCESSORS and _is_extension(path, binary):
            yield path, frozenset({found.subdir})


def _mac(package: PackageFiles) -> Iterator[tuple[str, frozenset[str]]]:
    for path, code in package.foreign.items():
        subdirs = frozenset(code.subdirs & _PROCESSORS.keys())
        if subdirs and path.endswith((".abi3.so", "-darwin.so")):
            yield path, subdirs


def _is_extension(path: str, binary: Elf) -> bool:
    return bool(binary.init_symbols) or elf.soabi(path) is not None


def _fits(platform: str, subdir: str) -> bool:
    system = r"(?:linux|manylinux\w*|musllinux\w*)" if subdir.startswith("linux") else r"macosx\w*"
    # A wheel for armv6l is for armv7l, too.
    processor = "armv[67]l" if subdir == "linux-armv7l" else _PROCESSORS[subdir]
    if re.fullmatch(rf"{system}_{processor}", platform):
        return True
    return subdir.startswith("osx") and platform.endswith(("universal2", "_universal", "_intel"))
