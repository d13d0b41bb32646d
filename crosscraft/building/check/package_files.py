"""Read a package for the detectors: a conda package, a wheel, or a binary by itself."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from crosscraft.building.check.texts import Unreadable
from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf, machine_code
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.inspection.elf import Elf
from crosscraft.inspection.inspect import inspect
from crosscraft.inspection.machine_code import MachineCode

__all__ = ["PackageFiles", "read"]

_LARGEST = 256_000_000
"""Bytes of a binary in a wheel. Larger ones are left out."""
_MOST = 100_000
"""Files of a wheel."""


@dataclass(frozen=True, slots=True)
class PackageFiles:
    """What a package contains, and what it claims."""

    path: Path
    """The package."""
    files: tuple[str, ...]
    """The paths in it."""
    binaries: Mapping[str, Elf]
    """The ELF files by path. An object of a static library has its name in parentheses."""
    foreign: Mapping[str, MachineCode] = field(default_factory=dict)
    """Machine code of other systems, by path."""
    conda: CondaFile | None = None
    """The metadata of a conda package."""
    tags: tuple[str, ...] = ()
    """The tags of a wheel, such as ``cp311-cp311-linux_aarch64``, from its ``WHEEL`` file and its
    name."""


def read(path: Path) -> PackageFiles:
    """Return the contents of the package or the binary `path`.

    :raises CrosscraftError: if it is neither, or damaged.
    """
    if path.name.endswith(".whl"):
        return _wheel(path)
    try:
        found = inspect(path)
    except CrosscraftError as error:
        raise Unreadable(error.what, looked=error.looked, remedy=error.remedy) from None
    if found.contents:
        contents = found.contents
        files = tuple(file.path for file in contents.files)
        return PackageFiles(path, files, contents.binaries, contents.foreign, found.package)
    objects = dict(found.objects) or ({path.name: found.elf} if found.elf else {})
    return PackageFiles(path, (path.name,), objects)


def _wheel(path: Path) -> PackageFiles:
    binaries: dict[str, Elf] = {}
    foreign: dict[str, MachineCode] = {}
    tags = {"-".join(path.name.removesuffix(".whl").split("-")[-3:])}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()[:_MOST]
            for member in members:
                if member.filename.endswith(".dist-info/WHEEL"):
                    tags |= _tags(archive.read(member)[:100_000].decode(errors="replace"))
                elif _is_binary(member):
                    data = archive.read(member)
                    _sort(member.filename, data, binaries, foreign)
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "it is damaged"
        raise Unreadable(
            f"{str(path)!r} cannot be checked: {reason}", remedy="Download or build it again."
        ) from None
    files = tuple(member.filename for member in members)
    return PackageFiles(path, files, binaries, foreign, tags=tuple(sorted(tags)))


def _is_binary(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename).name
    return member.file_size <= _LARGEST and (".so" in name or name.endswith((".pyd", ".dylib")))


def _tags(text: str) -> set[str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {value.strip() for key, _, value in pairs if key.strip() == "Tag"}


def _sort(
    name: str, data: bytes, binaries: dict[str, Elf], foreign: dict[str, MachineCode]
) -> None:
    try:
        binaries[name] = elf.read(data)
    except CrosscraftError:
        code = machine_code.find(data[:4096])
        if code:
            foreign[name] = code
