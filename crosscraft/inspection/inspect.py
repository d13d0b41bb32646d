"""What a file is: a conda package, a binary or a static library, with its facts and verdicts."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, elf, json_form, verdicts
from crosscraft.inspection.conda_file import CondaFile, contents
from crosscraft.inspection.conda_file.contents import Contents
from crosscraft.inspection.conda_file.stream import OnRead
from crosscraft.inspection.elf import Elf, linker_script
from crosscraft.inspection.verdicts import Verdict
from crosscraft.system.regular_file import open_regular

__all__ = ["Inspection", "inspect"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one file is. Of `package`, `elf` and `objects` one is there, by `kind`."""

    path: Path
    """The file."""
    kind: Literal["package", "elf", "archive"]
    """``archive`` is a static library."""
    size: int
    """Its size in bytes."""
    verdicts: tuple[Verdict, ...]
    """Whether it is what it claims to be."""
    package: CondaFile | None = None
    """What a package says of itself."""
    contents: Contents | None = None
    """What a package holds."""
    elf: Elf | None = None
    """The facts about a binary."""
    objects: tuple[tuple[str, Elf], ...] = ()
    """The members of a static library that are binaries, one of each kind, with their names."""

    def as_json(self) -> dict[str, object]:
        """Return all of it as JSON has it; ``docs/inspect-json.md`` says what each key means."""
        return json_form.of(self)


def inspect(path: str | os.PathLike[str], on_read: OnRead | None = None) -> Inspection:
    """Say what the file `path` is. Its kind is told by its first bytes, not by its name.

    A package is read as a stream; nothing is unpacked, and nothing is written.

    :param on_read: called with the position in a package, in bytes, as its payload is read.
    :raises CrosscraftError: if it is none of ours, cannot be read, or is damaged.
    """
    path = Path(path)
    try:
        with io.BufferedReader(open_regular(path)) as file:
            magic = file.peek(len(contents.AR_MAGIC))
            for start, read in _READERS.items():
                if magic.startswith(start):
                    size = file.seek(0, io.SEEK_END)
                    file.seek(0)
                    return read(path, size, cast(BinaryIO, file), on_read)
            raise _none_of_ours(path, file.read(_LOOKED_AT))
    except OSError as error:
        raise CrosscraftError(
            f"{str(path)!r} cannot be inspected: {(error.strerror or str(error)).lower()}",
            remedy="Give the path of a package or a binary that you may read.",
        ) from None


def _package(path: Path, size: int, file: BinaryIO, on_read: OnRead | None) -> Inspection:
    file.close()  # it is read by its path
    facts = conda_file.read(path)
    found = contents.examine(path, on_read)
    judged = verdicts.of_package(facts, found)
    return Inspection(path, "package", size, judged, package=facts, contents=found)


def _binary(path: Path, size: int, file: BinaryIO, _: OnRead | None) -> Inspection:
    try:
        facts = elf.demangled(elf.read(file))
    except CrosscraftError as error:
        raise _damaged(path, error) from None
    return Inspection(path, "elf", size, verdicts.of_binary(path.name, facts, None), elf=facts)


def _static_library(path: Path, size: int, file: BinaryIO, _: OnRead | None) -> Inspection:
    objects = []
    try:
        for name, one in contents.one_of_each(file):
            if isinstance(one, str):
                raise CrosscraftError(f"its member {name!r} is {one}", remedy="Make it again.")
            objects.append((name, one))
    except CrosscraftError as error:
        raise _damaged(path, error) from None
    return Inspection(path, "archive", size, (), objects=tuple(objects))


_READERS: dict[bytes, Callable[[Path, int, BinaryIO, OnRead | None], Inspection]] = {
    b"PK": _package,
    b"BZh": _package,
    contents.ELF_MAGIC: _binary,
    contents.AR_MAGIC: _static_library,
    contents.THIN_MAGIC: _static_library,
}
"""How to read a file, by its first bytes."""

_LOOKED_AT = 4096
"""Bytes by which we tell what a file is that is none of ours."""


def _damaged(path: Path, error: CrosscraftError) -> CrosscraftError:
    return CrosscraftError(f"{str(path)!r} cannot be inspected: {error.what}", remedy=error.remedy)


def _none_of_ours(path: Path, start: bytes) -> CrosscraftError:
    what, remedy = _told_by(start)
    if path.name.endswith((".conda", ".tar.bz2")):
        what = f"it is called a package, and is {what}"
    else:
        what = f"it is {what}"
    return CrosscraftError(f"{str(path)!r} cannot be inspected: {what}", remedy=remedy)


def _told_by(start: bytes) -> tuple[str, str]:
    """Return what a file with these first bytes is, and what to inspect in its place."""
    ours = "Give a .conda or .tar.bz2 package, an ELF binary or a static library (.a)."
    if not start:
        return "empty", ours
    if named := linker_script.names(start):
        return (
            "a linker script: text that tells the linker to take other files in its place",
            f"Inspect what it names: {', '.join(named[:8])}.",
        )
    if start.isascii() and b"\0" not in start:
        return "text, neither a package nor a binary", ours
    return f"neither a package nor a binary: it begins with {start[:4].hex(' ')}", ours
