"""What a file is: a conda package, a binary or a static library, with its facts and verdicts."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from crosscraft import conda_file, elf
from crosscraft.conda_file import CondaFile, contents
from crosscraft.conda_file.contents import Contents
from crosscraft.conda_file.stream import OnRead
from crosscraft.console import Console, printable
from crosscraft.elf import Elf, linker_script
from crosscraft.errors import CrosscraftError
from crosscraft.inspection import json_form, verdicts
from crosscraft.inspection.verdicts import Verdict
from crosscraft.regular_file import open_regular

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Inspection", "inspect", "report"]


@dataclass(frozen=True, slots=True, repr=False)
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

    def __rich__(self) -> RenderableType:
        from crosscraft.views import text

        return text.inspection(self)

    def __repr__(self) -> str:
        from crosscraft.views import text

        return text.plain(text.inspection(self))

    def _repr_html_(self) -> str:
        from crosscraft.views import html

        return html.inspection(self)


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


def report(files: Sequence[str], as_json: bool, verify: bool) -> int:
    """Print what each of `files` is; what cannot be read gets a line on stderr.

    :param as_json: print a JSON list of all that could be read, in place of tables.
    :param verify: a verdict that fails is a failure.
    :returns: the exit status: 0, or 1 if something could not be read or failed.
    """
    status = 0
    shown = 0
    for path in files:
        try:
            found = _watched(path)
        except CrosscraftError as error:
            sys.stdout.flush()
            print(f"crosscraft: {printable(str(error))}", file=sys.stderr, flush=True)
            status = 1
            continue
        if verify and any(verdict.holds is False for verdict in found.verdicts):
            status = 1
        if as_json:  # one after the other, so that no more than one is held
            print("[" if shown == 0 else ",")
            sys.stdout.writelines(json_form.text(found))
        else:
            _draw(found, first=shown == 0)
        shown += 1
    if as_json:
        print("\n]" if shown else "[]")
    return status


def _watched(path: str) -> Inspection:
    """Inspect a file; one that takes a while has a bar meanwhile, beside the answers' stream."""
    try:
        size = Path(path).stat().st_size
    except (OSError, ValueError):
        size = 0  # inspecting it says what is wrong
    if size < _LARGE:
        return inspect(path)
    with Console(sys.stderr, steps_alone=True) as console:
        console.doing(f"reading {Path(path).name}")
        return inspect(path, lambda at: console.within(at / 1e6, size / 1e6, "MB"))


def _draw(found: Inspection, first: bool) -> None:
    from crosscraft.views import content, piped

    if piped.serves(sys.stdout):
        drawn = piped.text(content.inspection(found), piped.width())
        sys.stdout.write(drawn if first else f"\n{drawn}")
        return
    from rich.console import Console as Terminal

    terminal = Terminal()
    if not first:
        terminal.print()
    terminal.print(found)


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

_LARGE = 8_000_000
"""Bytes of a file that takes about a second to read."""

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
