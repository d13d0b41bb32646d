"""pixi, which builds with rattler-build as its backend.

pixi takes the channels from the manifest, not from options, and publishes what it builds into
a channel. So it gets a copy of the project, with a manifest of its own, and a channel aside.
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
"""The first with `pixi publish`."""
_RICH_PLATFORMS = (0, 71)
"""From this version on a platform has its own glibc version in the manifest."""
_BACKEND = "pixi-build-rattler-build"
_NO_BACKEND = "could not initialize the build-backend"
"""How pixi begins where it cannot get the backend. Its name may be broken at a hyphen there."""
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
        """Build; see :class:`crosscraft.building.engines.interface.Engine`.

        :raises EngineError: if pixi cannot get its backend.
        :raises RecipeError: if the recipe skips an output that pixi renders for noarch.
        """
        aside = request.scratch / "pixi"
        project, channel = aside / "project", aside / "channel"
        channels, known = credentials.move(request.channels, aside / "auth.json")
        rich = self.program.release >= _RICH_PLATFORMS
        pixi_manifest.copy_project(request, channels, project, rich)
        printed = Printed(aside / "logs", on_event)
        cache = package_cache.create(request.scratch / "cache", request.packages)
        env = child.environment(
            request,
            cache,
            {**_PLAIN, "PIXI_CACHE_DIR": str(cache), **_backend(), **known},
            network=not _backend(),
        )
        argv = self.command(request, channel, aside / "work")
        done = command_line.run_shown(argv, request, env, on_event, printed.said, cwd=project)
        if done.status != 0:
            return Outcome(_failure(done), printed.paths())
        packages = _place(channel, request.scratch)
        failure, logs = package_tests.run(packages, request, on_event)
        return Outcome(failure, (*printed.paths(), *logs))

    def command(self, request: Request, channel: Path, work: Path) -> list[str]:
        """Return the command that builds the project it is run in, into the folder `channel`."""
        # --force: pixi skips a file name that is there, and an edit does not change the name.
        argv = [str(self.program.path), "publish", "--to", channel.as_uri(), "--force"]
        return [*argv, "--target-platform", request.target.subdir, "--build-dir", str(work)]


def _backend() -> dict[str, str]:
    """The variable by which pixi takes the backend on PATH, rather than download one."""
    given = os.environ.get(_OVERRIDE, "")
    here = shutil.which(_BACKEND)
    return {_OVERRIDE: given or f"{_BACKEND}={here}"} if given or here else {}


def _failure(done: processes.Completed) -> Failure:
    text = last_error(done.lines) or f"it ended with status {done.status}"
    lost = re.search(r"no output defined for the package '([^']+)'", text)
    if lost:
        raise RecipeError(
            f"pixi rendered {lost[1]} a second time, for the platform noarch, and its skip left "
            "it out",
            looked="the recipe's `skip`",
            remedy="Let the condition be false for noarch as well: "
            '`skip: host_platform not in ("linux-64", "noarch")`, for example.',
        )
    if _NO_BACKEND in text:
        raise EngineError(
            f"pixi cannot get {_BACKEND}, which builds for it",
            detail=text.splitlines(),
            looked=f"PATH, and the channels of the project's pixi.toml, or ${_OVERRIDE}",
            remedy=f"Run `pixi global install {_BACKEND}` where there is a network, or leave out "
            "`--engine`.",
        )
    return Failure(classify(text), text)


def _place(channel: Path, scratch: Path) -> list[Path]:
    """Move what was built from pixi's channel to where it belongs."""
    placed = []
    for path in sorted(channel.glob("*/*.conda")):
        (scratch / path.parent.name).mkdir(exist_ok=True)
        placed.append(path.rename(scratch / path.parent.name / path.name))
    return placed
