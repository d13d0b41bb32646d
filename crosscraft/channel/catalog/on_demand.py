"""The packages that ``crosscraft channel add`` makes."""

from __future__ import annotations

from collections.abc import Sequence

from crosscraft.channel.catalog.model import PREFIX, Package, RunExports, Wheel, copyrights, debs_of
from crosscraft.platforms import NOARCH, Platform

__all__ = ["on_demand"]


def on_demand(build: Platform, targets: Sequence[Platform]) -> tuple[Package, ...]:
    """Return the packages that are made on demand.

    :param build: the platform of the build machine.
    :param targets: the platforms to make packages for.
    """
    return (*_PURE, *(_zlib(target) for target in targets))


def _pure(wheel: Wheel, summary: str, license: str, *depends: str) -> Package:
    """Return the row of a wheel without compiled code, which serves every platform."""
    return Package(
        name=wheel.name,
        subdir=NOARCH,
        version=wheel.version,
        summary=summary,
        license=license,
        sources=(wheel,),
        moves=(("", "site-packages/"),),
        depends=("python >=3.11", *depends),
        noarch="python",
    )


_PURE = (
    _pure(
        Wheel("pip", "26.3", "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"),
        "The installer of Python packages",
        "MIT",
        "setuptools",
        "wheel",
    ),
    _pure(
        Wheel(
            "setuptools",
            "84.2.1",
            "ca140b45d5325a9478f880e351484f62fef15f336462e449ca0c03c873d589c2",
        ),
        "A build backend with support for extension modules",
        "MIT",
    ),
)


def _zlib(target: Platform) -> Package:
    lib = f"usr/lib/{target.triplet}"
    return Package(
        name="zlib",
        subdir=target.subdir,
        version="=zlib1g-dev",
        summary="A compression library, to compile with",
        license="Zlib",
        sources=debs_of(("zlib1g-dev",), target),
        moves=(
            ("usr/include/", "include/"),
            (f"{lib}/pkgconfig/", "lib/pkgconfig/"),
            *copyrights(("zlib1g-dev",)),
        ),
        links={"lib/libz.so": "libz.so.1"},
        edits={"lib/pkgconfig/zlib.pc": (rf"(?m)^(\w+)=.*{target.triplet}$", rf"\1={PREFIX}/lib")},
        run_exports=RunExports(weak=("libzlib >=1.2.13,<2.0a0",)),
    )
