"""Build the learner's project with the engine, and look at the packages that come out."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from crosscraft.building.build import BuildRequest, build
from crosscraft.building.engines import available
from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.environments import solver
from crosscraft.errors import BuildError, CrosscraftError, InstallError, RecipeError
from crosscraft.inspection import conda_file, elf
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.inspection.inspect import inspect
from crosscraft.lessons.evidence import runner
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform
from crosscraft.system.console import Console

__all__ = ["Packages", "build_project", "doubts", "first_error", "installed", "see_code", "solve"]

_TELLS = re.compile(r"^(?!\+ ).*(?:error|cannot|could not|not found|no such|undefined ref)", re.I)
"""The mark of a line that tells what failed. A line with `+` is the script's own."""


@dataclass(frozen=True, slots=True)
class Packages:
    """A channel with the packages of a project."""

    folder: Path
    """The output channel."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The packages in it, by subdir and name."""
        return tuple(sorted(self.folder.glob("*/*.conda")))

    def of(self, name: str, subdir: str) -> Path | None:
        """Return the package called `name` for `subdir`, if there is one."""
        for path in self.files:
            if path.parent.name == subdir and path.name.rsplit("-", 2)[0] == name:
                return path
        return None

    def facts(self, name: str, subdir: str) -> CondaFile:
        """Return the metadata of a package.

        :raises Refused: if it was not built.
        """
        path = self.of(name, subdir)
        if path is None:
            made = ", ".join(f"{path.parent.name}/{path.name}" for path in self.files)
            raise Refused("the build", [f"there is no package {name} for {subdir} in: {made}"])
        return conda_file.read(path)


def build_project(
    work: Work, project: Path, platforms: Sequence[Platform], log: TextIO | None = None
) -> Packages:
    """Build a copy of the learner's project, as `crosscraft build` does.

    :param project: the copy. Its folder ``output`` gets the packages.
    :param log: where the whole log goes, as with ``--verbose``.
    :raises Refused: if a build or a test of the recipe fails. The first line is the error's first.
    """
    channel = select.choose()
    for platform in platforms:
        work.step(f"building for {platform.subdir}")
        request = BuildRequest(
            project,
            platform,
            project / "output",
            channel,
            available.choose(),
            verbose=log is not None,
        )
        try:
            build(request, Console(log or io.StringIO()))
        except (BuildError, InstallError, RecipeError) as error:
            first = first_error(error.detail) or str(error)
            lines = [first, *error.detail, str(error)]
            raise Refused(f"the build for {platform.subdir}", lines) from None
    return Packages(project / "output")


def installed(work: Work, packages: Packages, specs: Sequence[str], platform: Platform) -> Runner:
    """Install packages of the learner's for `platform`, and return what runs them.

    :raises Refused: if they cannot be installed together.
    """
    work.step(f"installing {', '.join(specs)} for {platform.subdir}")
    try:
        return runner.with_packages(specs, platform, _channels(packages))
    except InstallError as error:
        raise _refused(error, platform) from None


def solve(packages: Packages, specs: Sequence[str], platform: Platform) -> None:
    """Ask conda's solver whether packages of the learner's can be installed for `platform`.

    :raises Refused: if they cannot be installed together.
    """
    emulator = runner.of(platform).emulator
    glibc = emulator.glibc if emulator else None
    try:
        solver.solve(specs, platform, _channels(packages), glibc=glibc)
    except InstallError as error:
        raise _refused(error, platform) from None


def see_code(work: Work, package: Path) -> None:
    """See which processor the extensions of a package are for, by their ELF headers.

    :raises NotYet: if it has no extension, or one that can't be read.
    """
    found = [name for name in conda_file.read(package).files if name.endswith(".so")]
    if not found:
        raise NotYet(
            f"{package.name} has no extension: no file in it ends in `.so`, so nothing in it was "
            "compiled."
        )
    for name in found:
        try:
            machine = elf.read(conda_file.open_member(package, name)).machine
        except CrosscraftError as error:
            raise NotYet("An extension can't be read.", [f"{name}: {error.what}"]) from None
        work.see(f"{Path(name).name}: {machine}")


def _channels(packages: Packages) -> list[Channel]:
    return [select.in_folder(packages.folder, "output"), select.choose()]


def _refused(error: InstallError, platform: Platform) -> Refused:
    lines = [error.what, *error.detail, error.remedy]
    return Refused(f"installing it for {platform.subdir}", lines)


def first_error(lines: Sequence[str]) -> str:
    """Return the first line that tells what failed, with the next ones while it ends with a colon.

    The line that names the trap is no tool's own. Without any other line, the result is empty.
    """
    lines = [line for line in lines if not line.startswith("trap: ")]
    if not lines:
        return ""
    told = [i for i, line in enumerate(lines) if _TELLS.search(line)]
    at = told[0] if told else len(lines) - 1
    said = lines[at]
    for line in filter(None, map(str.strip, lines[at + 1 :])):
        if not said.endswith(":"):
            break
        said = f"{said} {line}"
    return said


def doubts(package: Path) -> list[str]:
    """Return what `crosscraft inspect --verify` has against a package, a line each."""
    found = inspect(package).verdicts
    return [line for verdict in found if verdict.holds is False for line in verdict.evidence]
