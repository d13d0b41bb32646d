"""Tools that run on the build machine, and the emulators."""

from __future__ import annotations

from crosscraft.channel.catalog.model import CPP_RUNTIME, Package, Wheel, copyrights, debs_of
from crosscraft.platforms import Platform

__all__ = ["ccache", "cmake", "emulator", "jq", "ninja"]

_CMAKE = Wheel("cmake", "4.4.4", "f773a0544c66370408f451acd487c2c643b0dfebb48c5d64f3638bc1bb820238")
_NINJA = Wheel(
    "ninja", "1.13.2", "65a24341b5ac09fcadcc37082660be40a94174e51a937fabf6e2cae26225fa2c"
)


def cmake(build: Platform) -> Package:
    return Package(
        name="cmake",
        subdir=build.subdir,
        version=_CMAKE.version,
        summary="A cross-platform build-system generator",
        license="BSD-3-Clause",
        sources=(_CMAKE,),
        moves=(("cmake/data/bin/", "bin/"), ("cmake/data/share/", "share/")),
        drop=("share/cmake-*/Help/*", "bin/ccmake", "bin/cmake-gui"),
        rpaths={"bin/*": "$ORIGIN/../lib"},
        depends=CPP_RUNTIME,
    )


def ninja(build: Platform) -> Package:
    return Package(
        name="ninja",
        subdir=build.subdir,
        version=_NINJA.version,
        summary="A small build system with a focus on speed",
        license="Apache-2.0",
        sources=(_NINJA,),
        moves=(
            (f"ninja-{_NINJA.version}.data/scripts/ninja", "bin/ninja"),
            ("ninja/data/bin/", "bin/"),
        ),
        rpaths={"bin/*": "$ORIGIN/../lib"},
        depends=CPP_RUNTIME,
    )


def ccache(build: Platform) -> Package:
    debs = ("ccache", "libhiredis0.14", "libzstd1")
    return Package(
        name="ccache",
        subdir=build.subdir,
        version="=ccache",
        summary="A compiler cache",
        license="GPL-3.0-or-later",
        sources=debs_of(debs, build),
        moves=(
            ("usr/bin/ccache", "bin/ccache"),
            (f"usr/lib/{build.triplet}/lib", "lib/lib"),
            *copyrights(debs),
        ),
        rpaths={"bin/ccache": "$ORIGIN/../lib"},
        depends=CPP_RUNTIME,
    )


def jq(build: Platform) -> Package:
    debs = ("jq", "libjq1", "libonig5")
    return Package(
        name="jq",
        subdir=build.subdir,
        version="=jq",
        summary="A command-line JSON processor",
        license="MIT",
        sources=debs_of(debs, build),
        moves=(
            ("usr/bin/jq", "bin/jq"),
            (f"usr/lib/{build.triplet}/lib", "lib/lib"),
            *copyrights(debs),
        ),
        rpaths={"bin/jq": "$ORIGIN/../lib"},
    )


def emulator(build: Platform, target: Platform) -> Package:
    return Package(
        name=target.emulator_package,
        subdir=build.subdir,
        version="=qemu-user-static",
        summary=f"QEMU's user-mode emulator for {target.subdir} (without execve interception)",
        license="GPL-2.0-only",
        sources=debs_of(("qemu-user-static",), build),
        moves=(
            (f"usr/bin/{target.emulator}-static", f"bin/{target.emulator}"),
            *copyrights(("qemu-user-static",)),
        ),
    )
