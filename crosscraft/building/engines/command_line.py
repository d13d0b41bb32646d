"""Find and run the engines that are separate programs."""

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

_INSTALLED = "`--engine py-rattler-build`, which is installed and does the same"
"""The engine that is always there. Naming it also overrides a choice in the environment."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program on this machine."""

    path: Path
    """The executable file."""
    version: str
    """The version it reports, such as ``0.68.1``."""

    @property
    def release(self) -> tuple[int, ...]:
        """The version as numbers, for comparison."""
        return tuple(int(part) for part in self.version.split("."))


def find(name: str, oldest: str) -> Program:
    """Return the program `name` on the user's PATH, in version `oldest` or later.

    :raises EngineError: if it is missing, too old, or a different program of the same name.
    """
    remedy = f"Build with {_INSTALLED}."
    where = shutil.which(name)
    if where is None:
        raise EngineError(
            f"there is no program {name!r} on this machine",
            looked="PATH",
            remedy=f"Install {name} from conda-forge, or build with {_INSTALLED}.",
        )
    path = Path(where).absolute()
    try:
        lines = processes.run([str(path), "--version"]).lines
    except CrosscraftError as error:
        raise EngineError(
            f"{name} does not work: {error.what}", looked=where, remedy=remedy
        ) from None
    # PyPI has unrelated programs of the same name.
    match = re.match(rf"{re.escape(name)} (\d+(\.\d+)+)", lines[0] if lines else "")
    if match is None:
        raise EngineError(
            f"this {name} does not report its version, so it is not conda-forge's {name}",
            looked=where,
            remedy=remedy,
        )
    program = Program(path, match[1])
    if program.release < Program(path, oldest).release:
        raise EngineError(
            f"{name} {program.version} is too old: crosscraft needs {oldest} or later",
            looked=where,
            remedy=f"Update {name}, or build with {_INSTALLED}.",
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
    """Report an engine's command, run it, and return how it ended.

    The command runs in its own process group, which is killed if this process is killed.
    """
    on_event(Note("command", redacted(shlex.join(argv), request.channels)))
    guarded = [sys.executable, "-P", "-m", "crosscraft.building.engines.guard", *argv]
    return processes.run(
        guarded, cwd=cwd, env=env, on_line=on_line, check=False, pass_fds=request.held
    )
