"""Binaries that are for another machine than their package, or that bind it to one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from crosscraft.building.check.model import Place
from crosscraft.building.check.package_files import PackageFiles
from crosscraft.inspection import elf
from crosscraft.inspection.elf import Elf

__all__ = [
    "built_on_a_newer_machine", "needs_a_file_of_the_build", "python_linked_into_extension",
    "rpath_of_the_build_machine", "wrong_machine_in_package",
]  # fmt: skip


def wrong_machine_in_package(package: PackageFiles) -> Iterator[Place]:
    """An extension, a library or a program of a conda package for another processor than it."""
    subdir = package.conda.subdir if package.conda else ""
    if not subdir.startswith(("linux-", "osx-")):
        return
    for path, binary in package.binaries.items():
        found = elf.platform_of(binary)
        other = found.subdir if found else ""
        if other not in ("", subdir) and found is not elf.named_in(path) and _is_used(path, binary):
            yield Place(
                path,
                0,
                {"file": posixpath.basename(path), "is_for_another_processor": f"is for {other}"},
            )
    for path, code in package.foreign.items():
        if code.subdirs and subdir not in code.subdirs and _is_named_as_extension(path):
            name = posixpath.basename(path)
            yield Place(path, 0, {"file": name, "is_for_another_processor": f"is {code.text}"})


def _is_used(path: str, binary: Elf) -> bool:
    """Whether the loader or Python opens the file by itself. Data may be for any machine."""
    folder = posixpath.dirname(path)
    return folder in ("lib", "bin") or bool(binary.init_symbols) or _is_named_as_extension(path)


def _is_named_as_extension(path: str) -> bool:
    return elf.soabi(path) is not None or path.endswith("-darwin.so")


_OF_A_BUILD = re.compile(
    r"/(?:home|root|Users|tmp|var/tmp|builds|workspace|__w|github|io|project|build)/"
    r"|/_?(?:build|h|host)_env(?:_placehold\w*)?/|/conda-bld/"
)
"""Folders in which builds happen, and which no other machine has."""


def rpath_of_the_build_machine(package: PackageFiles) -> Iterator[Place]:
    """A search path for libraries that leads into a folder of the build machine."""
    placeholders = _placeholders(package)
    for path, binary in package.binaries.items():
        for folder in (*binary.rpath, *binary.runpath):
            if _is_of_a_build(folder, placeholders.get(path, "")):
                yield Place(path, 0, {"file": posixpath.basename(path), "folder": folder})
                break


def needs_a_file_of_the_build(package: PackageFiles) -> Iterator[Place]:
    """A library that is needed by its path, and not by its name."""
    placeholders = _placeholders(package)
    for path, binary in package.binaries.items():
        for needed in binary.needed:
            prefix = placeholders.get(path, "")
            if "/" in needed and not (prefix and needed.startswith(prefix)):
                yield Place(path, 0, {"file": posixpath.basename(path), "library": needed})
                break


def _placeholders(package: PackageFiles) -> Mapping[str, str]:
    """The prefixes that an installer replaces, by file."""
    entries = package.conda.entries if package.conda else ()
    return {entry.path: entry.placeholder for entry in entries if entry.placeholder}


def _is_of_a_build(folder: str, prefix: str) -> bool:
    if prefix and folder.startswith(prefix):
        return False
    return folder.startswith("/") and bool(_OF_A_BUILD.search(f"{folder}/"))


def python_linked_into_extension(package: PackageFiles) -> Iterator[Place]:
    """An extension that is linked with the library of one Python."""
    for path, binary in package.binaries.items():
        library = next((each for each in binary.needed if each.startswith("libpython3")), "")
        is_extension = bool(binary.init_symbols) and _is_named_as_extension(path)
        if library and is_extension and (package.conda or package.tags):
            yield Place(path, 0, {"file": posixpath.basename(path), "library": library})


_GLIBC = re.compile(r"__glibc\s*>=\s*(\d+)\.(\d+)")
_MANYLINUX = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
"""Source: PEP 600, which says what the older names stand for."""


def built_on_a_newer_machine(package: PackageFiles) -> Iterator[Place]:
    """A binary that needs a newer C library than its package says."""
    promised = _promised_glibc(package)
    if not promised:
        return
    for path, binary in package.binaries.items():
        version = binary.requires.get("GLIBC", "")
        found = re.fullmatch(r"(\d+)\.(\d+)(?:\.\d+)?", version)
        if found and (int(found[1]), int(found[2])) > promised:
            says = "{}.{}".format(*promised)
            values = {"file": posixpath.basename(path), "version": f"GLIBC_{version}"}
            yield Place(
                path,
                0,
                values | {"the_machine": f"a machine with glibc {says}, which the package allows,"},
            )


def _promised_glibc(package: PackageFiles) -> tuple[int, int] | None:
    """The oldest C library that a package says it works with."""
    found = [_GLIBC.search(text) for text in (package.conda.depends if package.conda else ())]
    versions = [(int(one[1]), int(one[2])) for one in found if one]
    for tag in package.tags:
        for platform in tag.split("-")[-1].split("."):
            numbers = re.match(r"manylinux_(\d+)_(\d+)_", platform)
            if numbers:
                versions.append((int(numbers[1]), int(numbers[2])))
            elif platform.partition("_")[0] in _MANYLINUX:
                versions.append(_MANYLINUX[platform.partition("_")[0]])
    if package.conda:
        return max(versions, default=None)
    return min(versions, default=None)
