"""`crosscraft room`. It only parses, calls and prints."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

import click

from crosscraft.cli import help, paths

__all__ = ["room"]

_EVERY = 5.0
"""Seconds between two looks into the room."""


@click.command(cls=help.WithExamples, short_help="Show an instructor how far the learners are.")
@click.argument("folder", metavar="[FOLDER]", required=False, type=paths.FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/teaching.md).")
@click.option("--watch", is_flag=True, help="Show it again every few seconds, until Ctrl+C.")
def room(folder: str | None, as_json: bool, watch: bool) -> None:
    """Show how far the learners of a room are, who is stuck, and what goes wrong.

    FOLDER is the room's shared folder [CROSSCRAFT_ROOM]. Learners who have joined the room with
    `lesson.join("seat 7")` are in it, under the names that they chose.
    """
    from crosscraft.lessons import room_table
    from crosscraft.lessons.room import VARIABLE
    from crosscraft.views.page import terminal

    named = folder or os.environ.get(VARIABLE)
    if not named:
        raise click.UsageError("Name the room's folder, or set CROSSCRAFT_ROOM.")
    if as_json and watch:
        raise click.UsageError("--json and --watch exclude each other.")
    found = room_table.read(Path(named))
    if as_json:
        print(json.dumps(found.as_json(), indent=2))
        return
    output = terminal()
    output.print(room_table.page(found))
    with contextlib.suppress(KeyboardInterrupt):
        while watch:
            time.sleep(_EVERY)
            shown = room_table.page(room_table.read(Path(named)))
            output.clear()
            output.print(shown)
