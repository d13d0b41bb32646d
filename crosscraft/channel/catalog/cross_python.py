"""Python on the build machine that builds for another platform."""

from __future__ import annotations

from crosscraft.channel import cross_python as scripts
from crosscraft.channel.catalog.model import PYTHON, Package, RunExports
from crosscraft.platforms import Platform

__all__ = ["cross_python"]

# Both environments must have the same Python. conda-forge's pin for 3.11, too, names the build
# string of `python` and not of `python_abi`, which is `*_cp311`.
_SAME_PYTHON = f"python {PYTHON}.* *_cpython"


def cross_python(build: Platform, target: Platform) -> Package:
    return Package(
        name=f"cross-python_{target.subdir}",
        subdir=build.subdir,
        version=PYTHON,
        summary=f"Build Python packages for {target.subdir} on {build.subdir}",
        license="BSD-3-Clause",
        texts=scripts.files(build, target),
        depends=(_SAME_PYTHON, "crossenv >=1.6", f"gxx_impl_{target.subdir}"),
        run_exports=RunExports(strong=(_SAME_PYTHON,)),
        build_suffix="cpython",
    )
