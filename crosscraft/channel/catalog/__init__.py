"""What the local channel holds, as data.

Each package has conda-forge's name, so that one recipe serves both channels, and says from
which Debian packages or wheels its files come and where they go. Nothing here does anything:
:mod:`crosscraft.channel.assemble` reads it.

Sources for the rules that the rows follow: Debian's multiarch and cross-toolchain package
names; conda-forge's ``ctng-compiler-activation`` (what the activation scripts set, which
run_exports the compilers carry), ``linux-sysroot`` and ``python`` feedstocks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from crosscraft.channel.catalog import compilers, python, tools
from crosscraft.channel.catalog.model import PYTHON, SUITE, Deb, Package, RunExports, Wheel
from crosscraft.platforms import Platform, lookup

__all__ = [
    "PYTHON", "SUITE", "TARGETS", "Deb", "Package", "RunExports", "Wheel", "by_set_up", "packages",
]  # fmt: skip

TARGETS: dict[str, Literal["by set-up", "on demand"]] = {
    "linux-64": "by set-up",
    "linux-aarch64": "by set-up",
    "linux-ppc64le": "by set-up",
    "linux-s390x": "on demand",
    "linux-armv7l": "on demand",
}
"""When the packages for a platform are made: those that the series needs by set-up, others by
``crosscraft channel build --platform``. Each would cost every learner 80 MB of downloads."""


def by_set_up() -> tuple[Platform, ...]:
    """Return the platforms whose packages set-up makes."""
    return tuple(lookup(name) for name, when in TARGETS.items() if when == "by set-up")


def packages(build: Platform, targets: Iterable[Platform] | None = None) -> tuple[Package, ...]:
    """Return the packages of the local channel.

    :param build: the platform of the machine that builds.
    :param targets: the platforms it builds for; those that set-up makes by default. The build
        platform is always among them, since its Python makes the stubs.
    """
    wanted = {build.subdir: build} | {
        row.subdir: row for row in (by_set_up() if targets is None else targets)
    }
    rows: list[Package] = [
        # It compiles the modules of the others.
        python.python(build),
        # The largest first: two of them fill two cores from the start.
        *(tools.emulator(build, target) for target in wanted.values() if target is not build),
        *(compilers.compiler(build, target) for target in wanted.values()),
        *(compilers.binutils_impl(build, target) for target in wanted.values()),
        tools.cmake(build),
        *(python.python(target) for target in wanted.values() if target is not build),
        *(compilers.sysroot(target) for target in wanted.values()),
        *(compilers.libstdcxx(target) for target in wanted.values()),
        *(compilers.libgcc(target) for target in wanted.values()),
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
