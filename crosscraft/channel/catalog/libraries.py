"""C libraries of Debian, to compile with. Debian has them for every platform."""

from __future__ import annotations

from dataclasses import dataclass

from crosscraft.channel.catalog.model import (
    GLIBC_BOUND,
    PREFIX,
    Package,
    RunExports,
    copyrights,
    debs_of,
)
from crosscraft.platforms import Platform

__all__ = ["libraries"]


@dataclass(frozen=True, slots=True)
class _Library:
    name: str
    """conda-forge's name."""
    license: str
    """An SPDX expression."""
    summary: str
    """A description of one line."""
    debs: tuple[str, ...]
    """The Debian packages. The first has the version and the headers."""
    pkg_config: str
    """The name of the file for pkg-config, without its suffix."""
    exports: tuple[str, ...]
    """The dependencies of packages that are built with the library."""
    depends: tuple[str, ...] = ()
    """Run dependencies, beyond the C library."""


_LIBRARIES = (
    _Library(
        "zlib", "Zlib", "A compression library, to compile with",
        debs=("zlib1g-dev",), pkg_config="zlib",
        exports=("libzlib >=1.2.13,<2.0a0",), depends=("libzlib >=1.2.13,<2.0a0",),
    ),
)  # fmt: skip


def libraries(target: Platform) -> tuple[Package, ...]:
    """Return the libraries for `target`."""
    return tuple(_package(library, target) for library in _LIBRARIES)


def _package(library: _Library, target: Platform) -> Package:
    triplet = target.triplet
    return Package(
        name=library.name,
        subdir=target.subdir,
        version=f"={library.debs[0]}",
        summary=library.summary,
        license=library.license,
        sources=debs_of(library.debs, target),
        moves=(
            (f"usr/include/{triplet}/", "include/"),
            ("usr/include/", "include/"),
            (f"usr/lib/{triplet}/", "lib/"),
            (f"lib/{triplet}/", "lib/"),
            *copyrights(library.debs),
        ),
        edits={
            f"lib/pkgconfig/{library.pkg_config}.pc": (
                rf"(?s)\Aprefix=/usr\n(.*/lib)/{triplet}\n",
                rf"prefix={PREFIX}\n\1\n",
            )
        },
        depends=(GLIBC_BOUND, *library.depends),
        run_exports=RunExports(weak=library.exports),
    )
