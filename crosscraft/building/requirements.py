"""The packages that a build needs: fetched before the engine runs, or named where they are missing.

The engine believes whatever is in a package cache, so each package is compared with its checksum
first (:mod:`crosscraft.environments.store`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from crosscraft.building.recipe import Rendered
from crosscraft.channel.select import Channel
from crosscraft.environments import install, store
from crosscraft.environments.store import Wanted
from crosscraft.errors import CrosscraftError, InstallError
from crosscraft.platforms import Platform

__all__ = ["explain", "fetch"]

_ANY_GLIBC = "2.99"
"""A build runs no program of the host environment, so its packages may ask for any C library."""


def fetch(
    rendered: Rendered, build: Platform, target: Platform, channels: Sequence[Channel]
) -> tuple[Path, ...]:
    """Fetch the packages of the build, host and run environments, and return where they are.

    What cannot be solved here is left out: the engine fails on it, and :func:`explain` says why.

    :raises DownloadError: if a package is not what its index promises.
    """
    own = {output.name for output in rendered.outputs}
    found: dict[str, Wanted] = {}

    def solve(specs: Iterable[str], platform: Platform) -> list[Wanted]:
        """Solve for `specs`, and return the packages that they name."""
        wanted = frozenset(spec for spec in specs if spec.split()[0] not in own)
        return solved(wanted, platform)

    @cache  # the outputs of a recipe need much the same
    def solved(specs: frozenset[str], platform: Platform) -> list[Wanted]:
        if not specs:
            return []
        try:
            records = install.solve(sorted(specs), platform, channels, glibc=_ANY_GLIBC)
        except CrosscraftError:
            return []
        packages = store.wanted(records)
        install.fetch(packages, platform, channels)
        found.update({package.url: package for package in packages})
        named = {spec.split()[0] for spec in specs}
        return [package for package in packages if package.name in named]

    for output in rendered.outputs:
        of_build = solve(output.build_specs, build)
        strong = [spec for one in of_build for spec in store.run_exports(one, "strong")]
        of_host = solve([*output.host_specs, *strong], target)
        weak = [spec for one in of_host for spec in store.run_exports(one, "weak")]
        solve([*output.run_specs, *strong, *weak], target)  # where its tests run
    return tuple(store.entry_of(package) for package in found.values())


def explain(
    rendered: Rendered, build: Platform, target: Platform, channels: Sequence[Channel]
) -> None:
    """Find out which requirement the channels cannot satisfy, and say so.

    The engine says only that it could not. An environment that can be solved is installed
    too: a disk that is full, or a package that is not whole, shows then.

    :raises InstallError: with the name.
    :raises ChannelError: if a channel does not answer.
    """
    own = {output.name for output in rendered.outputs}
    for output in rendered.outputs:
        for specs, platform, kind in (
            (output.build_specs, build, "build"),
            (output.host_specs, target, "host"),
        ):
            wanted = [spec for spec in specs if spec.split()[0] not in own]
            try:
                install.solve(wanted, platform, channels, glibc=_ANY_GLIBC)
            except InstallError as error:
                error.what = f"{output.name} needs, in its {kind} environment: {error.what}"
                raise
            install.create(wanted, platform, channels, glibc=_ANY_GLIBC)
