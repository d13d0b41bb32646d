"""Collect binaries for a widget from files, packages and bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, elf
from crosscraft.views.blocks import number
from crosscraft.views.live import in_background, settle
from crosscraft.views.package_explorer import ENDINGS, packages_in

if TYPE_CHECKING:
    from crosscraft.inspection.elf import Elf
    from crosscraft.inspection.elf.disassembly import BoundFunction, Instruction
    from crosscraft.inspection.elf.header import HeaderField

__all__ = ["HELD", "Binary", "binaries_in"]

HELD = 128 * 2**20
"""The maximum size of all binaries together, in bytes. They are kept in memory."""

_SMALL = 256 * 2**10
"""The maximum size, in bytes, of a binary that is read without a noticeable delay."""

_MAGIC = b"\x7fELF"


class Binary:
    """An ELF file. Its facts are read at first use."""

    def __init__(self, name: str, data: bytes) -> None:
        """:param name: the name to show. The part before a colon is the short name.
        :param data: the content of the file.
        """
        self.name = name
        self.short = name.partition(": ")[0]
        self.size = len(data)
        self.small = self.size <= _SMALL
        self._data = data

    @cached_property
    def facts(self) -> Future[Elf]:
        """The facts with demangled names. Those of a large file are read in the background."""
        if not self.small:
            return in_background(self._read)
        future: Future[Elf] = Future()
        settle(future, self._read)
        return future

    def header(self) -> tuple[HeaderField, ...]:
        """Return the fields of the ELF header."""
        from crosscraft.inspection.elf import header as elf_header

        return elf_header.fields(self._data)

    def disassemble(self, function: str, limit: int) -> tuple[Instruction, ...]:
        """Return at most `limit` instructions of a function.

        :raises CrosscraftError: if there is no function of that name.
        """
        from crosscraft.inspection.elf.disassembly import disassemble

        return disassemble(self._data, function, limit)

    def bound(self) -> tuple[BoundFunction, ...]:
        """Return the functions that it offers to Python."""
        from crosscraft.inspection.elf.disassembly import bound

        return bound(self._data)

    def _read(self) -> Elf:
        return elf.demangled(elf.read(self._data))


def binaries_in(*places: str | Path, **named: bytes | str | Path) -> tuple[Sequence[Binary], str]:
    """Return the binaries at `places`, and a note on what was left out, or an empty string.

    :param places: binaries, packages, and folders that contain packages at any depth.
    :param named: more binaries by name, as paths or as bytes.
    :raises CrosscraftError: if there is no binary.
    """
    found: list[Binary] = []
    held = left_out = 0
    for name, data in (*_at(places), *_named(named)):
        if held + len(data) > HELD:
            left_out += 1
            continue
        held += len(data)
        found.append(Binary(name, data))
    if not found:
        searched = ", ".join([*(repr(str(place)) for place in places), *named]) or "the arguments"
        raise CrosscraftError(
            f"there is no binary in {searched}",
            remedy="Name an ELF file, a package with an ELF file, or a folder of packages.",
        )
    note = ""
    if left_out:
        note = (
            f"{number(left_out)} binaries are left out, because all binaries together have more "
            f"than {HELD // 2**20} MiB."
        )
    return found, note


def _at(places: Sequence[str | Path]) -> Iterator[tuple[str, bytes]]:
    for place in map(Path, places):
        if place.is_dir() or place.name.endswith(ENDINGS):
            for package in packages_in(place):
                subdir = conda_file.read(package).subdir
                for member, content in conda_file.payload(package):
                    head = content.read(len(_MAGIC)) if content else b""
                    if content and head == _MAGIC and member.size <= HELD:
                        name = f"{subdir}: {Path(member.path).name}"
                        yield name, head + content.read()
        else:
            yield place.name, _file(place)


def _named(named: dict[str, bytes | str | Path]) -> Iterator[tuple[str, bytes]]:
    for name, source in named.items():
        yield name, source if isinstance(source, bytes) else _file(Path(source))


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(HELD + 1)
    except OSError as error:
        raise CrosscraftError(
            f"{str(path)!r} cannot be read: {(error.strerror or str(error)).lower()}",
            remedy="Give the path of a binary or a package with read permission for you.",
        ) from None
    if not data.startswith(_MAGIC):
        raise CrosscraftError(
            f"{str(path)!r} is not a binary: it does not start with the ELF magic number",
            remedy="Give the path of a binary, a package, or a folder of packages.",
        )
    return data
