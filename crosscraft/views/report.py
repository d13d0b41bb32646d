"""What files are, shown: in a notebook, and one after the other on standard output."""

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

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Report", "inspect", "report"]

_LARGE = 8_000_000
"""Bytes of a file that takes about a second to read."""


@dataclass(frozen=True, slots=True, repr=False)
class Report(Inspection):
    """What one file is, with the forms that a notebook and a terminal show."""

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
    """Say what the file `path` is: a conda package, an ELF binary or a static library.

    :raises CrosscraftError: if it is none of these, or cannot be read.
    """
    return _report(inspection.inspect(path))


def _report(found: Inspection) -> Report:
    return Report(**{field.name: getattr(found, field.name) for field in fields(found)})


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
        return inspection.inspect(path)
    with Console(sys.stderr, steps_alone=True) as console:
        console.quiet_step(f"reading {Path(path).name}")
        return inspection.inspect(path, lambda at: console.progress(at / 1e6, size / 1e6, "MB"))


def _draw(found: Inspection, first: bool) -> None:
    from rich.console import Console as Terminal

    class Output(Terminal):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end with the status of a failed file

    output = Output()
    if not first:
        output.print()
    output.print(_report(found))
