"""The program rattler-build (https://rattler.build/latest/reference/cli/)."""

from __future__ import annotations

from crosscraft.building.engines import child, command_line, credentials, package_cache
from crosscraft.building.engines.failures import classify, last_error
from crosscraft.building.engines.interface import OnEvent, Outcome, Request
from crosscraft.building.engines.log_files import LogFiles

__all__ = ["RattlerBuild"]

_OLDEST = "0.40.0"
"""About the first version that documents the options used here."""

_PLAIN = {"RATTLER_BUILD_COLOR": "never", "RATTLER_BUILD_WRAP_LOG_LINES": "false"}
"""Variables instead of flags, because a version without these settings ignores them."""


class RattlerBuild:
    """rattler-build, from the user's PATH."""

    name = "rattler-build"

    def __init__(self) -> None:
        self.program = command_line.find("rattler-build", _OLDEST)

    def version(self) -> str:
        """Return the version of the program."""
        return self.program.version

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        """Build (see :class:`crosscraft.building.engines.interface.Engine`)."""
        cache = package_cache.create(request.scratch / "cache", request.packages)
        channels, known = credentials.move(request.channels, request.scratch / "auth.json")
        argv = [str(self.program.path), "build", "--recipe", str(request.recipe)]
        argv += ["--build-platform", request.build.subdir]
        argv += ["--target-platform", request.target.subdir]
        argv += [word for channel in channels for word in ("--channel", channel)]
        if request.variants:
            argv += ["--ignore-recipe-variants", "--variant-config", str(request.variants)]
        argv += ["--output-dir", str(request.scratch), "--test", request.test]
        # The same options as in worker.py, which explains them.
        argv += ["--keep-build", "--package-format", "conda:1", "--no-include-recipe"]
        logs = LogFiles(request.scratch, on_event)
        env = child.environment(request, cache, {**_PLAIN, **known})
        # It also prints each line that it logs, so a printed line means a new line in a log.
        done = command_line.run_shown(argv, request, env, on_event, lambda line: logs.poll())
        logs.poll()
        logs.close()
        failure = None
        if done.status != 0:
            text = last_error(done.lines) or f"it ended with status {done.status}"
            failure = logs.failed(classify(text), text)
        return Outcome(failure, logs.paths())
