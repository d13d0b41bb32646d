"""What every build engine takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from crosscraft.platforms import Platform

__all__ = ["Engine", "Event", "Failure", "Kind", "Note", "OnEvent", "Outcome", "Request", "Test"]

Test = Literal["native", "skip"]
"""Whether to run the recipe's tests: where the output can run, or not at all."""


@dataclass(frozen=True, slots=True)
class Request:
    """A recipe to build for a platform."""

    recipe: Path
    """The recipe.yaml."""
    build: Platform
    """The machine that compiles."""
    target: Platform
    """What is compiled for (conda's host platform, of everything that is not noarch)."""
    channels: tuple[str, ...]
    """Where dependencies come from, as URLs or known names, the first wins."""
    test: Test
    """Which tests to run."""
    scratch: Path
    """An empty folder of the engine's own. It leaves the packages there, in ``SUBDIR/``."""
    packages: tuple[Path, ...] = ()
    """Unpacked packages of the store that it may use: what we know that it will want."""
    scripts: Path | None = None
    """A folder that comes first on the PATH of build scripts, if any."""
    held: tuple[int, ...] = ()
    """Descriptors of locks that the engine's processes hold too, also if we are killed."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something the engine did."""

    output: str
    """The package it is about."""
    phase: str
    """``environments``, ``configure``, ``compile``, ``install`` or ``test``."""
    done: int = 0
    """How much of the phase is done, where that is known."""
    total: int = 0
    """Out of how much; 0 where it is not known."""
    line: str = ""
    """The line of the log that told it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that people should know, in a line."""

    title: str
    """What it is: ``command`` for one that is run, ``tests``."""
    text: str
    """The line, without credentials."""


Kind = Literal["dependencies", "script", "test", "disk", "other"]
"""What failed: solving, a build script, a recipe's test, storage, or something else."""

OnEvent = Callable[[Event | Note], object]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a build ended early."""

    kind: Kind
    """What failed."""
    text: str
    """The engine's own words, in one line or several."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a build ended."""

    failure: Failure | None
    """Why it ended early, or None if it built everything."""
    logs: tuple[tuple[str, Path], ...]
    """The logs in its scratch folder, in order: (output, or ``test``; path)."""


class Engine(Protocol):
    """A program that builds recipes."""

    name: str
    """What ``--engine`` calls it."""

    def version(self) -> str:
        """Return the version of the program."""

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        """Build, telling what happens as it happens. An expected failure is in the outcome."""
