"""Tools of Debian for the build machine, beyond those that set-up makes."""

from __future__ import annotations

from crosscraft.channel.catalog.model import GLIBC_BOUND, PREFIX, Package, copyrights, debs_of
from crosscraft.platforms import Platform

__all__ = ["make", "pkg_config", "strace"]

# Debian's program has the machine's folders built in.
_PKG_CONFIG = f"""\
#!/bin/sh
# A build's libraries are in PREFIX. Elsewhere they are in the environment.
top="${{PREFIX:-${{CONDA_PREFIX:-{PREFIX}}}}}"
export PKG_CONFIG_LIBDIR="${{PKG_CONFIG_LIBDIR:-${{top}}/lib/pkgconfig:${{top}}/share/pkgconfig}}"
exec "{PREFIX}/bin/pkgconf" "$@"
"""


def make(build: Platform) -> Package:
    return Package(
        name="make",
        subdir=build.subdir,
        version="=make",
        summary="GNU Make",
        license="GPL-3.0-or-later",
        sources=debs_of(("make",), build),
        moves=(
            ("usr/bin/make", "bin/make"),
            ("usr/include/gnumake.h", "include/gnumake.h"),
            *copyrights(("make",)),
        ),
        drop=("bin/make-*",),
        links={"bin/gmake": "make"},
        depends=(GLIBC_BOUND,),
    )


def pkg_config(build: Platform) -> Package:
    debs = ("pkgconf", "pkgconf-bin", "libpkgconf3")
    return Package(
        name="pkg-config",
        subdir=build.subdir,
        version="=pkgconf",
        summary="The flags to compile and link with a library",
        license="ISC",
        sources=debs_of(debs, build),
        moves=(
            ("usr/bin/pkgconf", "bin/pkgconf"),
            ("usr/share/aclocal/", "share/aclocal/"),
            (f"usr/lib/{build.triplet}/lib", "lib/lib"),
            *copyrights(debs),
        ),
        links={f"bin/{build.triplet}-pkg-config": "pkg-config"},
        texts={"bin/pkg-config": _PKG_CONFIG},
        rpaths={"bin/pkgconf": "$ORIGIN/../lib"},
        depends=(GLIBC_BOUND,),
    )


def strace(build: Platform) -> Package:
    debs = ("strace", "libunwind8", "liblzma5")
    lib = "libexec/strace/lib"  # python has its own liblzma in lib/
    return Package(
        name="strace",
        subdir=build.subdir,
        version="=strace",
        summary="Trace the system calls of a program, such as the files that it opens",
        license="LGPL-2.1-or-later",
        sources=debs_of(debs, build),
        moves=(
            ("usr/bin/strace", "bin/strace"),
            (f"usr/lib/{build.triplet}/lib", f"{lib}/lib"),
            (f"lib/{build.triplet}/lib", f"{lib}/lib"),
            *copyrights(debs),
        ),
        drop=("bin/strace-*",),
        rpaths={"bin/strace": f"$ORIGIN/../{lib}"},
        depends=(GLIBC_BOUND,),
    )
