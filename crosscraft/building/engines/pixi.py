"""pixi, which builds with rattler-build as its backend.

pixi reads channels from the manifest, not from options, and publishes packages to a channel.
So it builds a copy of the project with a generated manifest, and publishes to a temporary channel.
https://pixi.prefix.dev/latest/reference/cli/pixi/publish/
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from crosscraft.building.engines import (
    child,
    command_line,
    credentials,
    package_cache,
    package_tests,
    pixi_manifest,
)
from crosscraft.building.engines.failures import classify, last_error
from crosscraft.building.engines.interface import Failure, OnEvent, Outcome, Request
from crosscraft.building.engines.printed import Printed
from crosscraft.errors import EngineError, RecipeError
from crosscraft.system import processes

__all__ = ["Pixi"]

_OLDEST = "0.68.0"
"""The first version with `pixi publish`."""
_RICH_PLATFORMS = (0, 71)
"""Since this version each platform in the manifest has its own glibc version."""
_BACKEND = "pixi-build-rattler-build"
_NO_BACKEND = "could not initialize the build-backend"
"""The start of pixi's error about a missing backend, whose name may be wrapped at a hyphen."""
_STAGING = "Building new staging cache"
"""The backend's line before it installs the environments of a staging output."""
_OVERRIDE = "PIXI_BUILD_BACKEND_OVERRIDE"
_PLAIN = {"PIXI_COLOR": "never", "PIXI_NO_PROGRESS": "true"}


class Pixi:
    """pixi, from the user's PATH."""

    name = "pixi"

    def __init__(self) -> None:
        self.program = command_line.find("pixi", _OLDEST)

    def version(self) -> str:
        """Return the version of the program."""
        return self.program.version

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        """Build (see :class:`crosscraft.building.engines.interface.Engine`).

        :raises EngineError: if pixi cannot get its backend.
        :raises RecipeError: if the recipe skips an output that pixi renders for noarch, or has a
            staging output.
        """
        folder = request.scratch / "pixi"
        project, channel = folder / "project", folder / "channel"
        channels, known = credentials.move(request.channels, folder / "auth.json")
        rich = self.program.release >= _RICH_PLATFORMS
        pixi_manifest.copy_project(request, channels, project, rich)
        printed = Printed(folder / "logs", on_event)
        cache = package_cache.create(request.scratch / "cache", request.packages)
        env = child.environment(
            request,
            cache,
            {**_PLAIN, "PIXI_CACHE_DIR": str(cache), **_backend(), **known},
            network=not _backend(),
        )
        argv = self.command(request, channel, folder / "work")
        done = command_line.run_shown(argv, request, env, on_event, printed.add_line, cwd=project)
        if done.status != 0:
            return Outcome(_failure(done, next(reversed(printed.outputs), "")), printed.paths())
        packages = _move_packages(channel, request.scratch)
        failure, logs = package_tests.run(packages, request, on_event)
        return Outcome(failure, (*printed.paths(), *logs))

    def command(self, request: Request, channel: Path, work: Path) -> list[str]:
        """Return the command that builds the project in its working directory into `channel`."""
        # --force: an edit doesn't change the file name, and pixi skips existing file names.
        argv = [str(self.program.path), "publish", "--to", channel.as_uri(), "--force"]
        return [*argv, "--target-platform", request.target.subdir, "--build-dir", str(work)]


def _backend() -> dict[str, str]:
    """Return the variable that makes pixi use a backend on PATH instead of downloading one."""
    given = os.environ.get(_OVERRIDE, "")
    program = shutil.which(_BACKEND)
    return {_OVERRIDE: given or f"{_BACKEND}={program}"} if given or program else {}


def _failure(done: processes.Completed, output: str) -> Failure:
    text = last_error(done.lines) or f"it ended with status {done.status}"
    skipped = re.search(r"no output defined for the package '([^']+)'", text)
    if skipped:
        raise RecipeError(
            f"pixi rendered {skipped[1]} a second time, for the platform noarch, and the recipe's "
            "skip condition left it out",
            looked="the recipe's `skip`",
            remedy="Make the condition false for noarch too, for example "
            '`skip: host_platform not in ("linux-64", "noarch")`.',
        )
    if re.search(r"No\s+candidates", text) and any(_STAGING in line for line in done.lines):
        raise RecipeError(
            "pixi's backend looks for the packages of a staging output in no channel",
            looked="the recipe's `staging`",
            remedy="Build with `--engine py-rattler-build` or `--engine rattler-build`.",
        )
    if _NO_BACKEND in text:
        raise EngineError(
            f"pixi cannot install its build backend, {_BACKEND}",
            detail=text.splitlines(),
            looked=f"PATH, and the channels of the project's pixi.toml, or ${_OVERRIDE}",
            remedy=f"Run `pixi global install {_BACKEND}` with a network connection, or "
            "build with `--engine py-rattler-build`.",
        )
    return Failure(classify(text), text, output)


def _move_packages(channel: Path, scratch: Path) -> list[Path]:
    """Move the packages from pixi's channel to the scratch folder, and return their new paths."""
    packages = []
    for path in sorted(channel.glob("*/*.conda")):
        (scratch / path.parent.name).mkdir(exist_ok=True)
        packages.append(path.rename(scratch / path.parent.name / path.name))
    return packages
