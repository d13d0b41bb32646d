"""Build a project for several platforms in sequence. A failure does not stop the others."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

from crosscraft.building import build as builds
from crosscraft.building import recipe as recipes
from crosscraft.building.build import BuildRequest, Built
from crosscraft.channel import select
from crosscraft.errors import BuildError, CrosscraftError, RecipeError
from crosscraft.platforms import Platform, native
from crosscraft.system import files, storage_errors
from crosscraft.system.console import Console

__all__ = ["build"]


def build(requests: Sequence[BuildRequest], console: Console) -> tuple[Built, ...]:
    """Build each of `requests`, which differ only in their target.

    :return: the built packages, in the order of `requests`.
    :raises RecipeError: if there is no recipe, or it renders for none of the targets.
    :raises StorageError: if the output folder cannot be written.
    :raises BuildError: if a platform failed. It is raised after the others are built.
    """
    first, targets = requests[0], [request.target for request in requests]
    _check_recipe(recipes.find_recipe(first.project), targets)
    files.check_writable(first.output, "the output folder")
    on_interrupt = signal.getsignal(signal.SIGINT)
    built: dict[Platform, tuple[Built, ...]] = {}
    absent = select.missing_targets(first.channel, targets)
    if absent:
        _report(absent, select.missing_error(absent), console)
        console.say()
    for request in requests:
        if request.target in absent:
            continue
        try:
            built[request.target] = builds.build(request, console)
        except (CrosscraftError, OSError) as error:
            # An interrupt can surface as another error. The changed signal handler reveals it.
            if signal.getsignal(signal.SIGINT) != on_interrupt:
                raise
            explained = storage_errors.explain(error) if isinstance(error, OSError) else error
            if explained is None:
                raise
            console.end_step()
            _report([request.target], explained, console)
        console.say()
    packages = tuple(package for target in built for package in built[target])
    if packages:
        console.say("all packages:")
        console.say(builds.as_table(packages))
    failed = [target for target in targets if target not in built]
    if failed:
        raise _failure(failed, targets, sum(map(bool, built.values())))
    return packages


def _check_recipe(recipe: Path, targets: Sequence[Platform]) -> None:
    """Raise the recipe's error if `recipe` renders for none of `targets`."""
    errors: list[RecipeError] = []
    for target in targets:
        try:
            recipes.render(recipe, native(), target)
            return
        except RecipeError as error:
            errors.append(error)
    raise errors[0]


def _report(targets: Sequence[Platform], error: CrosscraftError, console: Console) -> None:
    """Print why `targets` failed."""
    for line in error.detail:
        console.say(f"  {line}")
    console.say(f"{_names(targets)} failed: {error}")


def _failure(failed: Sequence[Platform], targets: Sequence[Platform], made: int) -> BuildError:
    """Return the error that names the failed platforms.

    :param made: the number of platforms whose packages were built.
    """
    others = f"the other {made}" if made > 1 else "the other one"
    rest = f"The packages for {others} are in the output folder. " if made else ""
    return BuildError(
        f"{len(failed)} of {len(targets)} platforms failed: {_names(failed)}",
        remedy=f"{rest}Fix the errors shown above and build again for the failed platforms.",
    )


def _names(targets: Sequence[Platform]) -> str:
    return ", ".join(target.subdir for target in targets)
