"""The packages of the local channel, as data.

Each row has conda-forge's package name, so one recipe works with both channels. The row names the
source Debian packages or wheels, and the path of each file. :mod:`crosscraft.channel.assemble`
makes the packages.

Sources of the rules: Debian's multiarch and cross-toolchain package names, and conda-forge's
feedstocks ``ctng-compiler-activation`` (activation scripts, and run_exports of the compilers),
``linux-sysroot`` and ``python``.
"""

from crosscraft.channel.catalog.model import (
    PREFIX,
    PYTHON,
    SUITE,
    Deb,
    Package,
    RunExports,
    Wheel,
)
from crosscraft.channel.catalog.on_demand import on_demand
from crosscraft.channel.catalog.rows import TARGETS, by_set_up, packages

__all__ = [
    "PREFIX", "PYTHON", "SUITE", "TARGETS", "Deb", "Package", "RunExports", "Wheel", "by_set_up",
    "on_demand", "packages",
]  # fmt: skip
