"""Every package of the local channel, in the order in which set-up makes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from crosscraft.channel.catalog import compilers, python, tools
from crosscraft.channel.catalog.libraries import libraries
from crosscraft.channel.catalog.model import Package
from crosscraft.platforms import Platform, lookup

__all__ = ["TARGETS", "by_set_up", "packages"]

TARGETS: dict[str, Literal["by set-up", "on demand"]] = {
    "linux-64": "by set-up",
    "linux-aarch64": "by set-up",
    "linux-ppc64le": "by set-up",
    "linux-s390x": "on demand",
    "linux-armv7l": "on demand",
}
"""Who makes the packages for a platform. Set-up makes those that the series needs, and
``crosscraft channel build --platform`` the others, because each platform is an 80 MB download."""


def by_set_up() -> tuple[Platform, ...]:
    """Return the platforms that set-up makes packages for."""
    return tuple(lookup(name) for name, when in TARGETS.items() if when == "by set-up")


def packages(build: Platform, targets: Iterable[Platform] | None = None) -> tuple[Package, ...]:
    """Return the packages of the local channel.

    :param build: the platform of the build machine.
    :param targets: the platforms to build for, by default those of set-up. The build platform is
        always added, because its Python makes the stubs.
    """
    wanted = {build.subdir: build} | {
        row.subdir: row for row in (by_set_up() if targets is None else targets)
    }
    rows: list[Package] = [
        # This Python compiles the modules of the others.
        python.python(build),
        # The largest packages come first, so that two workers are busy until the end.
        *(tools.emulator(build, target) for target in wanted.values() if target is not build),
        *(compilers.gcc_impl(build, target) for target in wanted.values()),
        *(compilers.gxx_impl(build, target) for target in wanted.values()),
        *(compilers.binutils_impl(build, target) for target in wanted.values()),
        tools.cmake(build),
        *(python.python(target) for target in wanted.values() if target is not build),
        *(compilers.sysroot(target) for target in wanted.values()),
        *(compilers.libstdcxx(target) for target in wanted.values()),
        *(compilers.libgcc(target) for target in wanted.values()),
        *(python.libzlib(target) for target in wanted.values()),
        *(library for target in wanted.values() for library in libraries(target)),
        *(compilers.activated_binutils(build, target) for target in wanted.values()),
        *(compilers.gcc(build, target) for target in wanted.values()),
        *(compilers.gxx(build, target) for target in wanted.values()),
        tools.ninja(build),
        compilers.binutils(build),
        tools.ccache(build),
        tools.jq(build),
        *(
            python.nanobind_backend(target)
            for target in wanted.values()
            if target.subdir in python.BACKENDS
        ),
        *(python.nanobind(wheel) for wheel in python.NANOBIND),
        python.PYTHON_ABI,
    ]
    return tuple(rows)
