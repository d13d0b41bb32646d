"""rattler-build by its Python bindings (py-rattler-build), in a child process."""

from __future__ import annotations

from dataclasses import asdict, replace

from crosscraft.engines import child, package_cache
from crosscraft.engines.failures import classify
from crosscraft.engines.interface import Failure, OnEvent, Outcome, Request
from crosscraft.engines.log_files import LogFiles

__all__ = ["Embedded"]


class Embedded:
    """rattler-build, embedded."""

    name = "py-rattler-build"
    steady = True

    def version(self) -> str:
        """Return the version of py-rattler-build."""
        from importlib.metadata import version

        return version("py-rattler-build")

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        """Build in a child process; see :class:`crosscraft.engines.interface.Engine`."""
        cache = package_cache.borrow(request.scratch / "cache", request.packages)
        logs = LogFiles(request.scratch, on_event)
        env = child.environment(request, cache)
        error = child.work(_facts(request), request.scratch, env, logs.look)
        logs.close()
        failure = None if error is None else Failure(classify(error), error)
        return Outcome(failure, logs.paths())


def _facts(request: Request) -> dict[str, object]:
    return asdict(replace(request, packages=(), scripts=None)) | {
        "recipe": str(request.recipe),
        "scratch": str(request.scratch),
        "build": request.build.subdir,
        "target": request.target.subdir,
    }
