"""Run the tests inside packages with py-rattler-build, for engines that run none themselves."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from crosscraft.building.engines import child, package_cache
from crosscraft.building.engines.failures import classify
from crosscraft.building.engines.interface import Event, Failure, Note, OnEvent, Request
from crosscraft.platforms import NOARCH

__all__ = ["run"]

Logs = tuple[tuple[str, Path], ...]


def run(
    packages: Sequence[Path], request: Request, on_event: OnEvent
) -> tuple[Failure | None, Logs]:
    """Run the tests of the packages that can run on this machine, if `request` asks for tests.

    :param packages: each in a folder named after its subdir.
    :return: the first failure, or None, and the logs of the failed test.
    """
    import rattler_build

    if request.test == "skip" or not re.search(rb"^\s*tests:", request.recipe.read_bytes(), re.M):
        return None, ()
    here = [path for path in packages if path.parent.name in (request.build.subdir, NOARCH)]
    read = {path: rattler_build.Package.from_file(path) for path in here}
    tested = {path: package.name for path, package in read.items() if package.test_count}
    if not tested:
        if here:
            on_event(Note("tests", "did not run: the packages contain none"))
        return None, ()
    scratch = request.scratch
    channel = _channel(packages, scratch / "tested" / "channel")
    # A new cache, because rattler-build looks packages up by name, version and build string.
    cache = package_cache.create(scratch / "tested" / "cache", request.packages)
    env = child.environment(request, cache)
    for path, name in tested.items():
        on_event(Event(name, "test"))
        facts = {
            "work": "tests",
            "packages": [str(path)],
            "channels": [channel, *request.channels],
            "scratch": str(scratch),
        }
        error = child.work(facts, request, env)
        if error:
            log = scratch / "test" / f"{name}.log"
            logs = ((name, log), ("test", log)) if log.exists() else ()
            return Failure(classify(error), error, name), logs
    return None, ()


def _channel(packages: Sequence[Path], folder: Path) -> str:
    """Return the URL of a channel with all packages, because a test may need another package."""
    import asyncio

    from rattler.index import index_fs

    for path in packages:
        (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / path.parent.name / path.name)
    asyncio.run(index_fs(folder))
    return folder.as_uri()
