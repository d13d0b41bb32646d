"""numpy, for the platforms that PyPI has a wheel for."""

from __future__ import annotations

from crosscraft.channel.catalog.model import (
    CPP_RUNTIME,
    GLIBC_BOUND,
    PYTHON,
    Package,
    RunExports,
    Wheel,
)
from crosscraft.platforms import Platform

__all__ = ["WHEELS", "numpy"]

_VERSION = "2.4.6"
WHEELS = {
    "linux-64": Wheel(
        "numpy",
        _VERSION,
        "89cd468399cfd2504718f0ba50e410dca55a170b61a02ad92bb18c8a65186e93",
        "manylinux_2_28_x86_64",
    ),
    "linux-aarch64": Wheel(
        "numpy",
        _VERSION,
        "0ab0a9c4ffb1a6d95ef519fe4247dba8eb6b18ad93999f76b7f657039acabd47",
        "manylinux_2_28_aarch64",
    ),
}


def numpy(target: Platform) -> Package:
    site_packages = f"lib/python{PYTHON}/site-packages/"
    return Package(
        name="numpy",
        subdir=target.subdir,
        version=_VERSION,
        summary="Arrays of numbers, with OpenBLAS",
        license="BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
        sources=(WHEELS[target.subdir],),
        # The modules find OpenBLAS and the Fortran runtime in numpy.libs by a relative path.
        moves=(("", site_packages),),
        texts={f"{site_packages}numpy-{_VERSION}.dist-info/INSTALLER": "conda\n"},
        depends=(
            GLIBC_BOUND,
            f"python >={PYTHON},<3.12.0a0",
            f"python_abi {PYTHON}.* *_cp{PYTHON.replace('.', '')}",
            *CPP_RUNTIME,
        ),
        constrains=("numpy-base <0a0",),
        # A module built with numpy 2 works with numpy 1.23, unless it asks for more.
        run_exports=RunExports(weak=("numpy >=1.23,<3",)),
    )
