"""Fetch the packages of a build before the engine runs, or report the missing ones.

The engine doesn't verify the contents of its package cache. So each package is verified by its
checksum first (:mod:`crosscraft.environments.store`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from crosscraft.building.recipe import Rendered
from crosscraft.channel import names
from crosscraft.channel.select import Channel
from crosscraft.environments import install, store
from crosscraft.environments.store import Wanted
from crosscraft.errors import CrosscraftError, InstallError
from crosscraft.platforms import Platform

__all__ = ["explain", "fetch"]

_ANY_GLIBC = "2.99"
"""A build runs no program of the host environment, so its packages may need any glibc version."""


def fetch(
    rendered: Rendered, build: Platform, target: Platform, channels: Sequence[Channel]
) -> tuple[Path, ...]:
    """Fetch the packages of the build, host and run environments, and return their store entries.

    An environment without a solution is left out. The engine fails then, and :func:`explain`
    reports the reason.

    :raises DownloadError: if a package does not match its checksum in the index.
    """
    own = {output.name for output in rendered.outputs}
    found: dict[str, Wanted] = {}

    def solve(specs: Iterable[str], platform: Platform) -> list[Wanted]:
        """Solve `specs`, and return the packages that they name."""
        wanted = frozenset(spec for spec in specs if names.of_spec(spec) not in own)
        return solved(wanted, platform)

    @cache  # the outputs of a recipe often have the same requirements
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
        named = {names.of_spec(spec) for spec in specs}
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
    """Find the requirement that the channels cannot satisfy, and raise an error that names it.

    The engine's error does not name it. An environment with a solution is also installed, which
    reveals a full disk or a damaged package.

    :raises InstallError: if a requirement has no solution.
    :raises ChannelError: if a channel does not answer.
    """
    own = {output.name for output in rendered.outputs}
    for output in rendered.outputs:
        for specs, platform, kind in (
            (output.build_specs, build, "build"),
            (output.host_specs, target, "host"),
        ):
            wanted = [spec for spec in specs if names.of_spec(spec) not in own]
            try:
                install.solve(wanted, platform, channels, glibc=_ANY_GLIBC)
            except InstallError as error:
                error.what = f"{output.name} needs, in its {kind} environment: {error.what}"
                raise
            install.create(wanted, platform, channels, glibc=_ANY_GLIBC)
