"""The packages that ``crosscraft channel add`` makes."""

from __future__ import annotations

from collections.abc import Sequence

from crosscraft.channel.catalog import build_tools, cross_python, numpy, tools
from crosscraft.channel.catalog.abi3 import ABI3
from crosscraft.channel.catalog.model import Package
from crosscraft.channel.catalog.pure import PURE
from crosscraft.platforms import Platform

__all__ = ["on_demand"]


def on_demand(build: Platform, targets: Sequence[Platform]) -> tuple[Package, ...]:
    """Return the packages that are made on demand.

    :param build: the platform of the build machine.
    :param targets: the platforms to make packages for.
    """
    return (
        *PURE,
        *ABI3,
        build_tools.make(build),
        build_tools.pkg_config(build),
        build_tools.strace(build),
        # Set-up makes the build machine's. Meson's package needs one on each platform.
        *(tools.ninja(target) for target in targets if target is not build),
        *(numpy.numpy(target) for target in targets if target.subdir in numpy.WHEELS),
        *(cross_python.cross_python(build, target) for target in targets if target is not build),
    )
