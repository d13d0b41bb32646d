"""The interface of the build engines: requests, events and outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from crosscraft.platforms import Platform

__all__ = ["Engine", "Event", "Failure", "Kind", "Note", "OnEvent", "Outcome", "Request", "Test"]

Test = Literal["native", "skip"]
"""Which of the recipe's tests to run: those that can run on this machine, or none."""


@dataclass(frozen=True, slots=True)
class Request:
    """A recipe to build for a platform."""

    recipe: Path
    """The recipe.yaml."""
    build: Platform
    """The platform of the machine that compiles."""
    target: Platform
    """The platform to compile for (conda's host platform, except for noarch outputs)."""
    channels: tuple[str, ...]
    """The channels of the dependencies, as URLs or known names. The first has priority."""
    test: Test
    """Which tests to run."""
    scratch: Path
    """An empty folder for the engine. It leaves the packages there, in ``SUBDIR/``."""
    packages: tuple[Path, ...] = ()
    """Unpacked packages of the store that the build is known to need."""
    scripts: Path | None = None
    """A folder to put first on the PATH of build scripts, if any."""
    variants: Path | None = None
    """A file of variants to build instead of those beside the recipe, if any."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """The user's variables that the recipe asks for. Scripts get only those that are secrets."""
    held: tuple[int, ...] = ()
    """Descriptors of locks that the engine's processes hold too, also if we are killed."""


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a build."""

    output: str
    """The name of the package that is built."""
    phase: str
    """``environments``, ``configure``, ``compile``, ``install`` or ``test``."""
    done: int = 0
    """The finished steps of the phase, if known."""
    total: int = 0
    """All steps of the phase, or 0 if unknown."""
    line: str = ""
    """The log line that the event comes from."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line of information for the user."""

    title: str
    """The subject, such as ``command`` or ``tests``."""
    text: str
    """The information, without credentials."""


Kind = Literal["dependencies", "script", "test", "disk", "other"]
"""What failed: solving, a build script, a recipe's test, storage, or something else."""

OnEvent = Callable[[Event | Note], object]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a build ended early."""

    kind: Kind
    """What failed."""
    text: str
    """The engine's error message, in one line or several."""
    output: str = ""
    """The name of the output that failed, or empty if none had begun."""
    test: int | None = None
    """Which of the output's tests failed, counted from 0, if known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a build ended."""

    failure: Failure | None
    """Why the build ended early, or None if it built everything."""
    logs: tuple[tuple[str, Path], ...]
    """The logs in the scratch folder, in order: (output or ``test``, path)."""


class Engine(Protocol):
    """A program that builds recipes."""

    name: str
    """The engine's name for ``--engine``."""

    def version(self) -> str:
        """Return the version of the program."""

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        """Build and report each event. An expected failure is part of the outcome."""
