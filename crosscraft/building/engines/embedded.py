"""rattler-build through its Python bindings (py-rattler-build), in a child process."""

from __future__ import annotations

from dataclasses import asdict, replace
from importlib.metadata import version

from crosscraft.building.engines import child, package_cache
from crosscraft.building.engines.failures import classify
from crosscraft.building.engines.interface import OnEvent, Outcome, Request
from crosscraft.building.engines.log_files import LogFiles

__all__ = ["Embedded"]


class Embedded:
    """rattler-build, embedded."""

    name = "py-rattler-build"

    def version(self) -> str:
        """Return the version of py-rattler-build."""
        return version("py-rattler-build")

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        """Build in a child process (see :class:`crosscraft.building.engines.interface.Engine`)."""
        cache = package_cache.create(request.scratch / "cache", request.packages)
        logs = LogFiles(request.scratch, on_event)
        env = child.environment(request, cache)
        error = child.work(_facts(request), request, env, logs.poll)
        logs.close()
        failure = None if error is None else logs.failed(classify(error), error)
        return Outcome(failure, logs.paths())


def _facts(request: Request) -> dict[str, object]:
    return asdict(replace(request, packages=(), scripts=None, variables={}, held=())) | {
        "recipe": str(request.recipe),
        "variants": str(request.variants or ""),
        "scratch": str(request.scratch),
        "build": request.build.subdir,
        "target": request.target.subdir,
    }
