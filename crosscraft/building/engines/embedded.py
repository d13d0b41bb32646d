"""rattler-build by its Python bindings (py-rattler-build), in a child process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from crosscraft.building.engines import child, package_cache
from crosscraft.building.engines.failures import classify
from crosscraft.building.engines.interface import Failure, OnEvent, Outcome, Request
from crosscraft.building.engines.log_files import LogFiles
from crosscraft.system import distributions
from crosscraft.system.processes import Started

__all__ = ["Embedded"]


@dataclass(frozen=True)
class Embedded:
    """rattler-build, embedded."""

    child: Started | None = None
    """The process for the next build, if it was started before."""
    name = "py-rattler-build"
    steady = True

    def version(self) -> str:
        """Return the version of py-rattler-build."""
        return distributions.version("py-rattler-build")

    @contextmanager
    def ready(self) -> Iterator[Embedded]:
        """Start the process that builds; see :class:`.interface.Engine`."""
        with child.start() as started:
            yield Embedded(started)

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        """Build in a child process; see :class:`crosscraft.building.engines.interface.Engine`."""
        cache = package_cache.borrow(request.scratch / "cache", request.packages)
        logs = LogFiles(request.scratch, on_event)
        env = child.environment(request, cache)
        error = child.work(_facts(request), request.scratch, env, logs.look, self.child)
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
