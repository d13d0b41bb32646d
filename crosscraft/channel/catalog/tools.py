"""Tools that run on the build machine, and the emulators."""

from __future__ import annotations

from crosscraft.channel.catalog.model import CPP_RUNTIME, Package, Wheel, copyrights, debs_of
from crosscraft.platforms import Platform

__all__ = ["ccache", "cmake", "emulator", "jq", "ninja"]

_CMAKE = Wheel("cmake", "4.4.4", "f773a0544c66370408f451acd487c2c643b0dfebb48c5d64f3638bc1bb820238")
_NINJA_VERSION = "1.13.2"
_NINJA = {
    "linux-64": "65a24341b5ac09fcadcc37082660be40a94174e51a937fabf6e2cae26225fa2c",
    "linux-aarch64": "d775a5e43e9088f507a6250d57fcf5678eb31268c545feb5064ffeee33735622",
    "linux-ppc64le": "227cbc3ae3e5e429692388103cae8c09451df086cd2d342dae0795af0d162547",
    "linux-s390x": "1684c60d031c54c1d049541b64243c0c567dca5463dbd77682a8901780af293d",
    "linux-armv7l": "aa3d2ae5706a2c4d1e93edc951d1c6cbb45107413c404f8fde1741239efbc9a0",
}


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


def ninja(target: Platform) -> Package:
    tag = "manylinux_2_31" if target.processor == "armv7l" else "manylinux2014"
    wheel = Wheel(
        "ninja", _NINJA_VERSION, _NINJA[target.subdir], platform=f"{tag}_{target.processor}"
    )
    return Package(
        name="ninja",
        subdir=target.subdir,
        version=wheel.version,
        summary="A small build system with a focus on speed",
        license="Apache-2.0",
        sources=(wheel,),
        moves=(
            (f"ninja-{wheel.version}.data/scripts/ninja", "bin/ninja"),
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
