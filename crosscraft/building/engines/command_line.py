"""What engines that are programs of their own have in common: to be found, asked and run."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.building.engines.interface import Note, OnEvent, Request
from crosscraft.errors import CrosscraftError, EngineError
from crosscraft.redact import redacted
from crosscraft.system import processes

__all__ = ["Program", "find", "run_shown"]


@dataclass(frozen=True, slots=True)
class Program:
    """A program that was found."""

    path: Path
    """Where it is."""
    version: str
    """What it calls its version: ``0.68.1``."""

    @property
    def release(self) -> tuple[int, ...]:
        """The version, to compare."""
        return tuple(int(part) for part in self.version.split("."))


def find(name: str, oldest: str) -> Program:
    """Return the program `name` of the user's PATH, of version `oldest` or later.

    :raises EngineError: if there is none, or it is too old, or another program of that name.
    """
    remedy = "Leave out `--engine`: py-rattler-build does the same, and is here."
    where = shutil.which(name)
    if where is None:
        raise EngineError(
            f"there is no program {name!r} on this machine",
            looked="PATH",
            remedy=f"Install {name} from conda-forge, or leave out `--engine`: py-rattler-build "
            "does the same, and is here.",
        )
    path = Path(where).absolute()
    try:
        said = processes.run([str(path), "--version"]).lines
    except CrosscraftError as error:
        raise EngineError(
            f"{name} does not work: {error.what}", looked=where, remedy=remedy
        ) from None
    # On PyPI there are other programs of the same name.
    match = re.match(rf"{re.escape(name)} (\d+(\.\d+)+)", said[0] if said else "")
    if match is None:
        raise EngineError(
            f"this is another {name} than conda-forge's: it does not say its version",
            looked=where,
            remedy=remedy,
        )
    program = Program(path, match[1])
    if program.release < Program(path, oldest).release:
        raise EngineError(
            f"{name} {program.version} is too old: {oldest} is the first that can be used",
            looked=where,
            remedy=f"Update {name}, or leave out `--engine`.",
        )
    return program


def run_shown(
    argv: Sequence[str],
    request: Request,
    env: Mapping[str, str],
    on_event: OnEvent,
    on_line: Callable[[str], object],
    cwd: Path | None = None,
) -> processes.Completed:
    """Run an engine's command, after telling what it is, and return how it ended.

    It gets a process group of its own, which ends if this process is killed.
    """
    on_event(Note("command", redacted(shlex.join(argv), request.channels)))
    guarded = [sys.executable, "-P", "-m", "crosscraft.building.engines.guard", *argv]
    return processes.run(guarded, cwd=cwd, env=env, on_line=on_line, check=False)
