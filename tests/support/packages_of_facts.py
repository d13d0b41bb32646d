"""Packages for the detectors, made of facts alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crosscraft.building.check.package_files import PackageFiles
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.inspection.conda_file.package import PackagedFile
from crosscraft.inspection.elf import Elf, Symbol
from crosscraft.inspection.machine_code import MachineCode

__all__ = ["SITE", "binary", "conda", "wheel"]

SITE = "lib/python3.11/site-packages"


def binary(*functions: str, machine: str = "EM_AARCH64", **more: object) -> Elf:
    """A library that exports some functions."""
    symbols = tuple(Symbol(name, name, "STT_FUNC", "STB_GLOBAL", 0, 0, "") for name in functions)
    return Elf(machine, 64, "little", **{"type": "ET_DYN", "exported": symbols, **more})


def conda(
    files: dict[str, Elf | MachineCode | None],
    subdir: str = "linux-aarch64",
    depends: Sequence[str] = (),
    placeholder: str = "",
) -> PackageFiles:
    """A conda package with these files."""
    entries = tuple(
        PackagedFile(path, "hardlink", 1, "", placeholder, "binary" if placeholder else "")
        for path in files
    )
    facts = CondaFile(
        Path("a-1-0.conda"), "a", "1", "0", subdir, tuple(depends), {}, tuple(files), {},
        entries=entries,
    )  # fmt: skip
    return _package(facts.path, files, facts, ())


def wheel(name: str, files: dict[str, Elf | MachineCode | None]) -> PackageFiles:
    """A wheel with these files."""
    tags = ("-".join(name.removesuffix(".whl").split("-")[-3:]),)
    return _package(Path(name), files, None, tags)


def _package(
    path: Path,
    files: dict[str, Elf | MachineCode | None],
    facts: CondaFile | None,
    tags: tuple[str, ...],
) -> PackageFiles:
    binaries = {name: one for name, one in files.items() if isinstance(one, Elf)}
    foreign = {name: one for name, one in files.items() if isinstance(one, MachineCode)}
    return PackageFiles(path, tuple(files), binaries, foreign, facts, tags)
