"""What a trap is, and what a finding is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Edit", "Finding", "Place", "Recorded", "Replacement", "Reproduction", "Symptom", "Trap"]


@dataclass(frozen=True, slots=True)
class Symptom:
    """A message by which a trap is known in a log."""

    tool: str
    """The program that prints it, with the versions that were seen, such as ``CMake 4.1``."""
    contains: str
    """Words that stand in one line of the message, as printed. They are searched first."""
    example: str
    """The message as the tool printed it. The symptom's pattern matches it."""
    pattern: str = ""
    """A regular expression that the message has to match as well. The message is the line with
    `contains` and some lines around it, joined by single blanks. Its named groups are fields of
    the trap's sentences."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A change of a file, as text that is there once."""

    file: str
    """The path in the project."""
    old: str
    """The text to replace, which occurs once. Empty for a new file."""
    new: str
    """The text in its place."""


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How to see a trap."""

    project: str
    """The folder in the repository that is changed: ``cpp_math`` or ``examples/NAME``. Empty for
    a project that consists of new files alone."""
    edits: tuple[Replacement, ...]
    """What plants the trap."""
    fix: tuple[Replacement, ...] = ()
    """What repairs it, if ``crosscraft check`` proposes no edit."""
    platform: str = "linux-aarch64"
    """The subdir for which the project is built."""
    command: tuple[str, ...] = ()
    """What shows the trap after the build: the words after ``crosscraft``, run in the project.
    One that begins with ``output/`` may be a pattern. Empty if the build shows it."""
    shown: str = "log"
    """Where the trap is seen: in the ``log`` of the build or of the command, in the ``package``,
    by its ``effect``, or in the ``project`` alone, because nothing here shows it."""
    effect: str = ""
    """What the build or the command prints although nothing fails, as a regular expression. Once
    the trap is repaired, it is not printed."""
    needs: tuple[str, ...] = ()
    """Packages of the local channel that set-up leaves out."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A log of a tool that cannot run in the tests."""

    tool: str
    """The program and its version."""
    log: str
    """What it printed."""


@dataclass(frozen=True, slots=True)
class Trap:
    """A trap of cross-compiling: one file of ``crosscraft/traps/``."""

    name: str
    """The identifier: the name of its file."""
    title: str
    """The message that one sees, or the symptom in words if nothing is printed."""
    happens: str
    """What happens and why, as a sentence without a full stop. Fields in braces come from the
    detector."""
    cure: str
    """What to do, as a sentence."""
    cause: str
    """The cause, as Markdown for the error reference."""
    fix: str
    """The fix, as Markdown for the error reference."""
    sources: tuple[str, ...]
    """Issues, policies and manual pages that say so."""
    symptoms: tuple[Symptom, ...] = ()
    """The messages. None if the trap is silent."""
    since: str = ""
    """The tool and version with which it begins, if known."""
    until: str = ""
    """The tool and version with which it ends, if it does."""
    detector: str = ""
    """The function that finds it in a project: ``module.function`` of ``detectors``."""
    package_detector: str = ""
    """The function that finds it in a package."""
    reproduction: Reproduction | None = None
    """How to see it here."""
    recorded: tuple[Recorded, ...] = ()
    """Logs of tools that the tests cannot run."""

    @property
    def entry(self) -> str:
        """The page of the error reference, as a path in the repository."""
        return f"docs/errors/{self.name}.md"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file that removes a trap. Lines count from 1."""

    line: int
    """The first line to replace."""
    count: int
    """How many lines to replace. 0 inserts before `line`."""
    new: tuple[str, ...]
    """The lines in their place, without newlines."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a detector found its trap."""

    file: str
    """The path, relative to the project, or the file within a package."""
    line: int = 0
    """From 1, or 0 where there are no lines."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The fields of the trap's sentence."""
    edit: Edit | None = None
    """The fix, if it is mechanical."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A trap in a file, ready to be shown."""

    trap: Trap
    """The trap."""
    file: str
    """The file as the user named it, or its path below the project that was named."""
    line: int
    """From 1, or 0 where there are no lines."""
    happens: str
    """What happens and why, with the values of this place."""
    cure: str
    """What to do, with the values of this place."""
    diff: str = ""
    """The fix as a unified diff, if it is mechanical."""
    edit: Edit | None = None
    """The fix as a change of the file, if it is mechanical."""
