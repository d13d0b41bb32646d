"""Inspect a conda package, a binary or a static library: its facts and verdicts."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, elf, json_form, machine_code, verdicts
from crosscraft.inspection.conda_file import CondaFile, contents
from crosscraft.inspection.conda_file.contents import Contents
from crosscraft.inspection.conda_file.stream import OnRead
from crosscraft.inspection.elf import Elf, cxx_names, linker_script
from crosscraft.inspection.elf.cxx_names import Demangle
from crosscraft.inspection.machine_code import MachineCode
from crosscraft.inspection.verdicts import Verdict
from crosscraft.system.regular_file import open_regular

__all__ = ["Inspection", "inspect"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """The facts about one file. `package`, `elf` or `objects` is set, depending on `kind`."""

    path: Path
    """The inspected file."""
    kind: Literal["package", "elf", "archive"]
    """``archive`` is a static library."""
    size: int
    """The size of the file in bytes."""
    verdicts: tuple[Verdict, ...]
    """Whether the file is what it claims to be."""
    package: CondaFile | None = None
    """The metadata of a package."""
    contents: Contents | None = None
    """The contents of a package."""
    elf: Elf | None = None
    """The facts about a binary."""
    objects: tuple[tuple[str, Elf], ...] = ()
    """The names and facts of a static library's binary members, one of each kind."""

    def as_json(self) -> dict[str, object]:
        """Return all facts as a JSON object. ``docs/inspect-json.md`` defines the keys."""
        return json_form.of(self)


def inspect(
    path: str | os.PathLike[str],
    on_read: OnRead | None = None,
    demangle: Demangle = cxx_names.demangle,
) -> Inspection:
    """Return the facts about the file `path`. Its first bytes determine its kind, not its name.

    A package is read as a stream. Nothing is unpacked or written.

    :param on_read: called with the position in the package, in bytes, as its payload is read.
    :param demangle: returns the forms of a binary's C++ names.
    :raises CrosscraftError: if the file is of another kind, unreadable or damaged.
    """
    path = Path(path)
    try:
        with io.BufferedReader(open_regular(path)) as file:
            magic = file.peek(len(contents.AR_MAGIC))
            for start, read in _READERS.items():
                if magic.startswith(start):
                    size = file.seek(0, io.SEEK_END)
                    file.seek(0)
                    return read(path, size, cast(BinaryIO, file), on_read, demangle)
            raise _unknown_kind(path, file.read(_BEGINNING))
    except OSError as error:
        raise CrosscraftError(
            f"{str(path)!r} cannot be inspected: {(error.strerror or str(error)).lower()}",
            remedy="Give the path of a package or a binary that you have permission to read.",
        ) from None


def _package(
    path: Path, size: int, file: BinaryIO, on_read: OnRead | None, _: Demangle
) -> Inspection:
    file.close()  # the functions below open the path
    facts = conda_file.read(path)
    found = contents.examine(path, on_read)
    judged = verdicts.of_package(facts, found)
    return Inspection(path, "package", size, judged, package=facts, contents=found)


def _binary(
    path: Path, size: int, file: BinaryIO, _: OnRead | None, demangle: Demangle
) -> Inspection:
    try:
        facts = elf.demangled(elf.read(file), demangle)
    except CrosscraftError as error:
        raise _damaged(path, error) from None
    return Inspection(path, "elf", size, verdicts.of_binary(path.name, facts, None), elf=facts)


def _static_library(
    path: Path, size: int, file: BinaryIO, _: OnRead | None, __: Demangle
) -> Inspection:
    objects = []
    foreign = ""
    try:
        for name, one in contents.one_of_each(file):
            if isinstance(one, str):
                raise CrosscraftError(f"its member {name!r} is {one}", remedy="Build it again.")
            if isinstance(one, MachineCode):
                foreign = foreign or f"its member {name!r} is {one.text}"
            else:
                objects.append((name, one))
        if foreign and not objects:
            raise CrosscraftError(foreign, remedy=_SUPPORTED)
    except CrosscraftError as error:
        raise _damaged(path, error) from None
    return Inspection(path, "archive", size, (), objects=tuple(objects))


_READERS: dict[bytes, Callable[[Path, int, BinaryIO, OnRead | None, Demangle], Inspection]] = {
    b"PK": _package,
    b"BZh": _package,
    contents.ELF_MAGIC: _binary,
    contents.AR_MAGIC: _static_library,
    contents.THIN_MAGIC: _static_library,
}
"""The reader of each kind of file, by its first bytes."""

_BEGINNING = 4096
"""Bytes to read of a file of an unknown kind."""
_SUPPORTED = "Give a .conda or .tar.bz2 package, an ELF binary or a static library (.a)."


def _damaged(path: Path, error: CrosscraftError) -> CrosscraftError:
    return CrosscraftError(f"{str(path)!r} cannot be inspected: {error.what}", remedy=error.remedy)


def _unknown_kind(path: Path, start: bytes) -> CrosscraftError:
    what, remedy = _describe(start)
    if path.name.endswith((".conda", ".tar.bz2")):
        what = f"its name is that of a package, but it is {what}"
    else:
        what = f"it is {what}"
    return CrosscraftError(f"{str(path)!r} cannot be inspected: {what}", remedy=remedy)


def _describe(start: bytes) -> tuple[str, str]:
    """Return the kind of a file with these first bytes, and a remedy."""
    if not start:
        return "empty", _SUPPORTED
    if named := linker_script.names(start):
        return (
            "a linker script: text that tells the linker to use other files instead",
            f"Inspect the files that it names: {', '.join(named[:8])}.",
        )
    if code := machine_code.find(start):
        return code.text, _SUPPORTED
    if start.isascii() and b"\0" not in start:
        return "text, neither a package nor a binary", _SUPPORTED
    return f"neither a package nor a binary: it begins with {start[:4].hex(' ')}", _SUPPORTED
