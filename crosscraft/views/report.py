"""Show the inspection of files in a notebook and on standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import inspect as inspection
from crosscraft.inspection import json_form
from crosscraft.inspection.inspect import Inspection
from crosscraft.system.console import Console
from crosscraft.text import printable
from crosscraft.views.page import terminal

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Report", "inspect", "report"]

_LARGE = 8_000_000
"""The size, in bytes, of a file that takes about a second to read."""


@dataclass(frozen=True, slots=True, repr=False)
class Report(Inspection):
    """The inspection of one file, which notebooks and terminals can show."""

    def __rich__(self) -> RenderableType:
        from crosscraft.views import text

        return text.inspection(self)

    def __repr__(self) -> str:
        from crosscraft.views import text

        return text.plain(text.inspection(self))

    def _repr_html_(self) -> str:
        from crosscraft.views import html

        return html.inspection(self)


def inspect(path: str | os.PathLike[str]) -> Report:
    """Inspect the file `path`: a conda package, an ELF binary or a static library.

    :raises CrosscraftError: if it is none of these, or cannot be read.
    """
    return _report(inspection.inspect(path))


def _report(found: Inspection) -> Report:
    return Report(**{field.name: getattr(found, field.name) for field in fields(found)})


def report(files: Sequence[str], as_json: bool, verify: bool) -> int:
    """Print the inspection of each of `files`. Print errors to stderr.

    :param as_json: whether to print a JSON list of the readable files instead of tables.
    :param verify: whether a negative verdict counts as a failure.
    :returns: the exit status: 0, or 1 if a file could not be read or failed.
    """
    status = 0
    shown = 0
    for path in files:
        try:
            found = _inspect(path)
        except CrosscraftError as error:
            sys.stdout.flush()
            print(f"crosscraft: {printable(str(error))}", file=sys.stderr, flush=True)
            status = 1
            continue
        if verify and any(verdict.holds is False for verdict in found.verdicts):
            status = 1
        if as_json:  # in sequence, so that only one inspection is in memory
            print("[" if shown == 0 else ",")
            sys.stdout.writelines(json_form.text(found))
        else:
            _draw(found, first=shown == 0)
        shown += 1
    if as_json:
        print("\n]" if shown else "[]")
    return status


def _inspect(path: str) -> Inspection:
    """Inspect a file. A large file gets a progress bar on stderr."""
    try:
        size = Path(path).stat().st_size
    except (OSError, ValueError):
        size = 0  # inspect() reports the error
    if size < _LARGE:
        return inspection.inspect(path)
    with Console(sys.stderr, steps_alone=True) as console:
        console.quiet_step(f"reading {Path(path).name}")
        return inspection.inspect(path, lambda at: console.progress(at / 1e6, size / 1e6, "MB"))


def _draw(found: Inspection, first: bool) -> None:
    output = terminal()
    if not first:
        output.print()
    output.print(_report(found))
