"""pixi, which builds with rattler-build as its backend.

pixi takes the channels from the manifest, not from options, and publishes what it builds into
a channel. So it gets a copy of the project, with a manifest of its own, and a channel aside.
https://pixi.prefix.dev/latest/reference/cli/pixi/publish/
"""

from __future__ import annotations

import os
import shutil
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from crosscraft import run
from crosscraft.engines import (
    child,
    command_line,
    credentials,
    package_cache,
    package_tests,
    pixi_manifest,
)
from crosscraft.engines.failures import classify, last_error
from crosscraft.engines.interface import Engine, Failure, OnEvent, Outcome, Request
from crosscraft.engines.printed import Printed
from crosscraft.errors import EngineError

__all__ = ["Pixi"]

_OLDEST = "0.53.0"
"""The first that takes the channels of a backend where they are written here."""
_PUBLISHES = (0, 68)
"""From this version on `pixi build` is hidden, and `pixi publish` does it."""
_BACKEND = "pixi-build-rattler-build"
_OVERRIDE = "PIXI_BUILD_BACKEND_OVERRIDE"
_PLAIN = {"PIXI_COLOR": "never", "PIXI_NO_PROGRESS": "true"}


class Pixi:
    """pixi, from the user's PATH."""

    name = "pixi"
    steady = False

    def __init__(self) -> None:
        self.program = command_line.find("pixi", _OLDEST)

    def version(self) -> str:
        """Return the version of the program."""
        return self.program.version

    def ready(self) -> AbstractContextManager[Engine]:
        """Return the engine as it is."""
        return nullcontext(self)

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        """Build; see :class:`crosscraft.engines.interface.Engine`.

        :raises EngineError: if pixi cannot get its backend.
        """
        aside = request.scratch / "pixi"
        project, channel = aside / "project", aside / "channel"
        channels, known = credentials.move(request.channels, aside / "auth.json")
        pixi_manifest.copy_project(request, channels, project)
        printed = Printed(aside / "logs", on_event)
        cache = package_cache.borrow(request.scratch / "cache", request.packages)
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
        argv = [str(self.program.path)]
        if self.program.release < _PUBLISHES:
            argv += ["build", "--output-dir", str(channel)]
        else:
            # A package keeps its file name when its sources change, and pixi leaves out what
            # is there by that name. This channel is new each time; --force says what is meant.
            argv += ["publish", "--to", channel.as_uri(), "--force"]
        return [*argv, "--target-platform", request.target.subdir, "--build-dir", str(work)]


def _backend() -> dict[str, str]:
    """The variable by which pixi takes the backend on PATH, rather than download one."""
    given = os.environ.get(_OVERRIDE, "")
    here = shutil.which(_BACKEND)
    return {_OVERRIDE: given or f"{_BACKEND}={here}"} if given or here else {}


def _failure(done: run.Completed) -> Failure:
    text = last_error(done.lines) or f"it ended with status {done.status}"
    if _BACKEND in text and classify(text) == "dependencies":
        raise EngineError(
            f"pixi cannot get {_BACKEND}, which builds for it: {text}",
            looked=f"PATH, and the channels of the project's pixi.toml, or ${_OVERRIDE}",
            remedy=f"Run `pixi global install {_BACKEND}` where there is a network, or leave out "
            "`--engine`.",
        )
    return Failure(classify("\n".join(done.lines)), text)


def _place(channel: Path, scratch: Path) -> list[Path]:
    """Move what was built to where it belongs. Older versions of pixi sort by no subdir."""
    import rattler_build

    placed = []
    for path in sorted(channel.rglob("*.conda")):
        subdir = rattler_build.Package.from_file(path).subdir or "noarch"
        (scratch / subdir).mkdir(exist_ok=True)
        placed.append(path.rename(scratch / subdir / path.name))
    return placed
