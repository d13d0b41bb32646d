"""What a row of the catalog says, and what rows share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from crosscraft.platforms import Platform

__all__ = [
    "CPP_RUNTIME",
    "GCC",
    "GLIBC_BOUND",
    "PYTHON",
    "SUITE",
    "Deb",
    "Package",
    "RunExports",
    "Wheel",
    "copyrights",
    "debs_of",
]

SUITE = "bookworm"
"""The Debian release whose packages these are, by its code name (Debian 12)."""

PYTHON = "3.11"
"""The Python of the channel, as major.minor."""
GCC = "12"
"""The major version of the compilers."""


@dataclass(frozen=True, slots=True, order=True)
class Deb:
    """A Debian package for one architecture."""

    name: str
    """Its name in Debian."""
    arch: str
    """dpkg's name of the architecture."""


@dataclass(frozen=True, slots=True, order=True)
class Wheel:
    """A wheel on PyPI, pinned."""

    name: str
    """The project."""
    version: str
    """The release."""
    sha256: str
    """Of the wheel, in hexadecimal."""
    platform: str = ""
    """The platform tag of a wheel that is not for the machine that builds; else empty."""


@dataclass(frozen=True, slots=True)
class RunExports:
    """What a package adds to the dependencies of those built with it.

    The four kinds are those of CEP 12 and the conda-build documentation.
    """

    noarch: tuple[str, ...] = ()
    """Run dependencies that a noarch package gets from its host environment."""
    strong: tuple[str, ...] = ()
    """From the build environment to host and run."""
    weak: tuple[str, ...] = ()
    """From the host environment to run."""


_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Package:
    """One conda package, and where its parts come from."""

    name: str
    """By conda-forge's name."""
    subdir: str
    """The platform it is for, or ``noarch``."""
    version: str
    """A version, or ``=NAME``: the upstream version of that Debian package."""
    summary: str
    """One line."""
    license: str
    """An SPDX expression."""
    sources: tuple[Deb | Wheel, ...] = ()
    """What is downloaded for it."""
    moves: tuple[tuple[str, str], ...] = ()
    """Prefix of a path in a source → its replacement. The first that fits is taken; a file
    that none fits is left out."""
    drop: tuple[str, ...] = ()
    """Shell patterns of paths (after the move) that are left out again."""
    links: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Symbolic links to add or to put right: path → target."""
    texts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Small files to add: path → text."""
    edits: Mapping[str, tuple[str, str]] = field(default_factory=lambda: _NOTHING)
    """Path → (old, new): a replacement in a text file that must be possible."""
    rpaths: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Shell pattern of executables → the ``DT_RPATH`` they get, so that they find the
    libraries in this package and none of the machine's."""
    modules: str = ""
    """The folder whose Python modules get their bytecode; empty means none."""
    depends: tuple[str, ...] = ()
    """Run dependencies."""
    constrains: tuple[str, ...] = ()
    """Run constraints."""
    run_exports: RunExports = RunExports()
    """What it adds to those built with it."""
    build: str = ""
    """The build string; empty means a hash of the package's inputs."""
    build_suffix: str = ""
    """Goes behind that hash (``cpython`` for python)."""
    noarch: str | None = None
    """``python``, ``generic``, or None for a package of one platform."""


GLIBC_BOUND = "__glibc >=2.36,<3.0.a0"
"""The oldest C library that programs of this channel run with."""
CPP_RUNTIME = (f"libstdcxx >={GCC}", f"libgcc >={GCC}")
"""What programs written in C++ need at run time."""


def debs_of(names: Iterable[str], platform: Platform) -> tuple[Deb, ...]:
    return tuple(Deb(name, platform.debian_arch) for name in names)


def copyrights(names: Iterable[str], below: str = "share/licenses") -> tuple[tuple[str, str], ...]:
    """Moves that keep the copyright file of each Debian package."""
    return tuple((f"usr/share/doc/{name}/copyright", f"{below}/{name}/copyright") for name in names)
