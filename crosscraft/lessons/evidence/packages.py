"""Build the learner's project with the engine, and look at the packages that come out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.building.build import BuildRequest, build
from crosscraft.building.engines import available
from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.errors import BuildError, InstallError, RecipeError
from crosscraft.inspection.inspect import inspect
from crosscraft.lessons.evidence import runner
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform
from crosscraft.system.console import Console

__all__ = ["Packages", "build_project", "doubts", "installed"]


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


def build_project(work: Work, project: Path, platforms: Sequence[Platform]) -> Packages:
    """Build a copy of the learner's project, as `crosscraft build` does.

    :param project: the copy. Its folder ``output`` gets the packages.
    :raises Refused: if a build or a test of the recipe fails. The first line is the error's first.
    """
    channel = select.choose()
    for platform in platforms:
        work.step(f"building for {platform.subdir}")
        request = BuildRequest(project, platform, project / "output", channel, available.choose())
        try:
            build(request, Console(io.StringIO()))
        except (BuildError, InstallError, RecipeError) as error:
            lines = [*error.detail, str(error)]
            raise Refused(f"the build for {platform.subdir}", lines) from None
    return Packages(project / "output")


def installed(work: Work, packages: Packages, specs: Sequence[str], platform: Platform) -> Runner:
    """Install packages of the learner's for `platform`, and return what runs them.

    :raises Refused: if they cannot be installed together.
    """
    work.step(f"installing {', '.join(specs)} for {platform.subdir}")
    channels: list[Channel] = [select.in_folder(packages.folder, "output"), select.choose()]
    try:
        return runner.with_packages(specs, platform, channels)
    except InstallError as error:
        raise Refused(f"installing it for {platform.subdir}", [error.what, error.remedy]) from None


def doubts(package: Path) -> list[str]:
    """Return what `crosscraft inspect --verify` has against a package, a line each."""
    found = inspect(package).verdicts
    return [line for verdict in found if verdict.holds is False for line in verdict.evidence]
