"""Configure the learner's CMakeLists.txt, in each situation that it may meet."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from crosscraft.lessons.evidence import runner, session
from crosscraft.lessons.evidence.session import Session
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform, lookup, native

__all__ = ["Call", "Configured", "Situation", "build", "configure"]

_ERROR = re.compile(r"\berror: |undefined reference", re.I)
"""The mark of an error line of ninja, a compiler or a linker."""
_CONDA = (
    "BUILD_PREFIX", "CONDA_BUILD", "CONDA_BUILD_CROSS_COMPILATION", "CONDA_BUILD_STATE",
    "CONDA_BUILD_SYSROOT", "PKG_NAME", "PKG_VERSION", "PREFIX", "PYTHON", "PY_VER", "RECIPE_DIR",
    "SP_DIR", "SRC_DIR", "STDLIB_DIR", "SUBDIR", "build_platform", "host_platform",
    "target_platform",
)  # fmt: skip
"""The variables by which a build script knows that it runs in a conda build."""


class Situation(Enum):
    """Where CMake runs."""

    NATIVE = "in a native conda build"
    CROSS = "in a cross build for linux-aarch64"
    OUTSIDE = "cross-compiling outside of a conda build"
    ALONE = "compiling natively outside of a conda build"


_NATIVE = (Situation.NATIVE, Situation.ALONE)
_NO_BUILD = (Situation.OUTSIDE, Situation.ALONE)


@dataclass(frozen=True, slots=True)
class Call:
    """A command of the learner's file that CMake has run."""

    line: int
    """Its line."""
    command: str
    """Its name, in lower case."""
    arguments: tuple[str, ...]
    """Its arguments, with the values of variables."""

    def __str__(self) -> str:
        text = f"line {self.line}: {self.command}({' '.join(self.arguments)})"
        return textwrap.shorten(text, 120, placeholder=" …)")


@dataclass(frozen=True, slots=True)
class Configured:
    """What CMake has done."""

    situation: Situation
    """Where it ran."""
    where: str
    """The same in words, with the variables that were not set."""
    session: Session
    """The variables of the build."""
    folder: Path
    """The build folder."""
    status: int
    """CMake's exit status. A `FATAL_ERROR` is 1."""
    lines: tuple[str, ...]
    """What CMake printed."""
    calls: tuple[Call, ...]
    """The commands of the file that CMake has run, in their order."""
    cache: dict[str, str]
    """The entries of CMakeCache.txt, with the names of folders."""

    @property
    def installed(self) -> Path:
        """The folder below which the project is installed, instead of ``/``."""
        return self.folder / "installed"

    @property
    def errors(self) -> tuple[str, ...]:
        """CMake's error messages without their call stacks, a line each."""
        found, blocks = [], "\n".join(self.lines).split("CMake Error")
        for block in blocks[1:]:
            message = block.partition("\n\n\n")[0].partition("\nCall Stack")[0]
            paragraph = " ".join(message.split())
            found.append(f"CMake Error{' ' if paragraph[:1] != ':' else ''}{paragraph}")
        return tuple(found)

    def ran(self, command: str, first: str = "") -> tuple[Call, ...]:
        """Return the calls of a command whose first argument is `first`, or all of them."""
        calls = (call for call in self.calls if call.command == command)
        return tuple(call for call in calls if not first or call.arguments[:1] == (first,))

    def accepted(self) -> Configured:
        """Return this.

        :raises Refused: if CMake stopped. The first line is its first error.
        """
        if self.status:
            lines = self.errors or self.lines[-1:]
            raise Refused(f"CMake, {self.where}", [*lines, *self.lines])
        return self


def configure(
    work: Work,
    project: Path,
    situation: Situation,
    *options: str,
    without: Sequence[str] = (),
    arm: str = "linux-aarch64",
    host: Path | None = None,
    again: Configured | None = None,
    variables: Mapping[str, str] | None = None,
) -> Configured:
    """Run CMake for the project in the folder `project`, which is only read.

    :param options: more options for CMake, such as ``-DSTUBS_ONLY=ON``.
    :param without: environment variables that are not set. Without ``CMAKE_ARGS`` its options are
        not passed.
    :param arm: the platform of a cross build.
    :param host: the project whose host environment is used, by default the finished one.
    :param again: an earlier run for the same platform, to run CMake again in its build folder. The
        compiler isn't tested once more.
    :param variables: environment variables that have other values.
    """
    platform: Platform = native() if situation in _NATIVE else lookup(arm)
    here = _with_a_python(session.of(platform, host))
    here = replace(here, variables={**here.variables, **(variables or {})})
    where = situation.value.replace("linux-aarch64", arm)
    where += "".join(f" without ${name}" for name in without)
    where += "".join(f" with {name}={value}" for name, value in (variables or {}).items())
    work.step(f"configuring {where}")
    new = work.scratch / f"configured-{len(list(work.scratch.iterdir()))}"
    folder = again.folder if again else new
    argv = ["cmake", "-G", "Ninja", "-S", str(project), "-B", str(folder)]
    argv += [] if "CMAKE_ARGS" in without else shlex.split(here.variables["CMAKE_ARGS"])
    trace = folder.with_name(f"{folder.name}.trace")
    argv += ["--trace-expand", "--trace-format=json-v1", "--trace-source=CMakeLists.txt"]
    argv += [f"--trace-redirect={trace}", *options]
    unset = (*without, *(_CONDA if situation in _NO_BUILD else ()))
    done = here.run(argv, work.scratch, unset)
    lines = tuple(_named(here, line) for line in done.lines)
    calls = tuple(_calls(trace, project / "CMakeLists.txt", here))
    cache = dict(_cache(folder, here))
    return Configured(situation, where, here, folder, done.status, lines, calls, cache)


def build(work: Work, configured: Configured, *targets: str) -> None:
    """Run ninja in a configured folder. The target ``install`` installs below `installed`.

    :raises Refused: if a compiler or ninja fails.
    """
    work.step(f"building {configured.where}")
    here = configured.session
    argv = ["cmake", "-E", "env", f"DESTDIR={configured.installed}"]
    argv += ["ninja", "-C", str(configured.folder), *targets]
    done = here.run(argv, work.scratch)
    if done.status:
        lines = tuple(map(here.named, done.lines))
        errors = [line for line in lines if _ERROR.search(line)]
        raise Refused(f"ninja, {configured.where}", [*errors, *lines])


def _own_python() -> Path:
    """Return the environment with a Python of this machine."""
    return runner.of(native()).environment.prefix


def _with_a_python(here: Session) -> Session:
    """Return the session with a Python of this machine on PATH, after the two environments.

    CMake may take any Python on PATH. It should be the same one on every learner's machine.
    """
    host = f"{here.prefix}/bin"
    path = here.variables["PATH"].replace(host, f"{host}:{_own_python()}/bin", 1)
    return replace(here, variables={**here.variables, "PATH": path})


def _named(here: Session, text: str) -> str:
    """Return `text` with short names for the long paths of folders."""
    return here.named(text).replace(str(_own_python()), "(this machine's Python)")


def _calls(trace: Path, source: Path, here: Session) -> Iterator[Call]:
    """Yield the commands of the file `source` in a trace.

    CMake traces each CMakeLists.txt, also those of its own tests of the compiler.
    """
    source = source.resolve()
    for line in trace.read_text(encoding="utf-8").splitlines() if trace.exists() else ():
        entry = json.loads(line)
        if "cmd" in entry and Path(entry["file"]).resolve() == source:
            arguments = tuple(_named(here, argument) for argument in entry["args"])
            yield Call(entry["line"], entry["cmd"].lower(), arguments)


def _cache(folder: Path, here: Session) -> Iterator[tuple[str, str]]:
    """Yield the entries of CMakeCache.txt, without their types."""
    file = folder / "CMakeCache.txt"
    text = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and line[0] not in "#/":
            yield name.partition(":")[0], _named(here, value)
