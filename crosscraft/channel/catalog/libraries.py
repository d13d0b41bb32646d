"""C libraries of Debian."""

from __future__ import annotations

from crosscraft.channel.catalog.model import PREFIX, Package, RunExports, copyrights, debs_of
from crosscraft.platforms import Platform

__all__ = ["zlib"]


def zlib(target: Platform) -> Package:
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
            (f"{lib}/libz.a", "lib/libz.a"),
            *copyrights(("zlib1g-dev",)),
        ),
        links={"lib/libz.so": "libz.so.1"},
        edits={
            "lib/pkgconfig/zlib.pc": (
                rf"(?s)^prefix=/usr\n(.*/lib)/{target.triplet}\n",
                rf"prefix={PREFIX}\n\1\n",
            )
        },
        depends=("libzlib >=1.2.13,<2.0a0",),
        run_exports=RunExports(weak=("libzlib >=1.2.13,<2.0a0",)),
    )
