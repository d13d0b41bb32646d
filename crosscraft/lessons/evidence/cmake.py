"""Configure the learner's CMakeLists.txt, in each situation that it may meet."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from crosscraft.lessons.evidence import session
from crosscraft.lessons.evidence.session import Session
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform, lookup, native

__all__ = ["Configured", "Situation", "build", "configure"]

_CONDA = ("PREFIX", "PY_VER", "SP_DIR")
"""The variables by which a build script knows that it runs in a conda build."""


class Situation(Enum):
    """Where CMake runs."""

    NATIVE = "in a native conda build"
    CROSS = "in a cross build for linux-aarch64"
    OUTSIDE = "cross-compiling outside of a conda build"


@dataclass(frozen=True, slots=True)
class Configured:
    """What CMake has done."""

    situation: Situation
    """Where it ran."""
    session: Session
    """The variables of the build."""
    folder: Path
    """The build folder."""
    status: int
    """CMake's exit status. A `FATAL_ERROR` is 1."""
    lines: tuple[str, ...]
    """What CMake printed."""
    cache: dict[str, str]
    """The entries of CMakeCache.txt."""

    @property
    def errors(self) -> tuple[str, ...]:
        """CMake's error messages, a line each."""
        found, blocks = [], "\n".join(self.lines).split("CMake Error")
        for block in blocks[1:]:
            paragraph = " ".join(block.partition("\n\n\n")[0].split())
            found.append(f"CMake Error{' ' if paragraph[:1] != ':' else ''}{paragraph}")
        return tuple(found)

    def accepted(self) -> Configured:
        """Return this.

        :raises Refused: if CMake stopped. The first line is its first error.
        """
        if self.status:
            lines = self.errors or self.lines[-1:]
            raise Refused(f"CMake, {self.situation.value},", [*lines, *self.lines])
        return self


def configure(
    work: Work, project: Path, situation: Situation, *options: str, arm: str = "linux-aarch64"
) -> Configured:
    """Run CMake for the project in the folder `project`, which is only read.

    :param options: more options for CMake, such as ``-DSTUBS_ONLY=ON``.
    """
    platform: Platform = native() if situation is Situation.NATIVE else lookup(arm)
    here = session.of(platform)
    work.step(f"configuring {situation.value}")
    folder = work.scratch / f"configured-{len(list(work.scratch.iterdir()))}"
    argv = ["cmake", "-G", "Ninja", "-S", str(project), "-B", str(folder)]
    argv += [*shlex.split(here.variables["CMAKE_ARGS"]), *options]
    without = _CONDA if situation is Situation.OUTSIDE else ()
    done = here.run(argv, work.scratch, without)
    return Configured(situation, here, folder, done.status, done.lines, _cache(folder))


def build(work: Work, configured: Configured, *targets: str) -> None:
    """Run ninja in a configured folder.

    :raises Refused: if a compiler or ninja fails.
    """
    work.step(f"building {configured.situation.value}")
    argv = ["ninja", "-C", str(configured.folder), *targets]
    done = configured.session.run(argv, work.scratch)
    if done.status:
        errors = [line for line in done.lines if "error" in line.lower()]
        raise Refused(f"ninja, {configured.situation.value},", [*errors, *done.lines])


def _cache(folder: Path) -> dict[str, str]:
    """Return the entries of CMakeCache.txt, without their types."""
    try:
        text = (folder / "CMakeCache.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    lines = (line for line in text.splitlines() if "=" in line and line[0] not in "#/")
    pairs = (line.split("=", 1) for line in lines)
    return {name.partition(":")[0]: value for name, value in pairs}
