"""The fields of a catalog row, and values that rows share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from crosscraft.platforms import Platform

__all__ = [
    "CPP_RUNTIME", "GCC", "GLIBC_BOUND", "PREFIX", "PYTHON", "SUITE", "Deb", "Package",
    "RunExports", "Wheel", "copyrights", "debs_of",
]  # fmt: skip

SUITE = "bookworm"
"""The code name of the source Debian release (Debian 12)."""

PYTHON = "3.11"
"""The channel's version of Python, as major.minor."""
GCC = "12"
"""The major version of the compilers."""
PREFIX = "/prefix/of/the/environment"
"""A text in a package's files that the installer replaces with the environment's prefix."""


@dataclass(frozen=True, slots=True, order=True)
class Deb:
    """A Debian package for one architecture."""

    name: str
    """The name of the package in Debian."""
    arch: str
    """dpkg's name for the architecture."""


@dataclass(frozen=True, slots=True, order=True)
class Wheel:
    """A wheel on PyPI, pinned."""

    name: str
    """The project."""
    version: str
    """The release."""
    sha256: str
    """The checksum of the wheel, in hexadecimal."""
    platform: str = ""
    """The platform tag of the wheel. Empty means the build machine's."""


@dataclass(frozen=True, slots=True)
class RunExports:
    """Dependencies that a package adds to the packages built with it.

    Source of the kinds: CEP 12 and the conda-build documentation.
    """

    noarch: tuple[str, ...] = ()
    """From the host environment to run, for a noarch package."""
    strong: tuple[str, ...] = ()
    """From the build environment to host and run."""
    weak: tuple[str, ...] = ()
    """From the host environment to run."""


_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Package:
    """One conda package, and its sources."""

    name: str
    """conda-forge's name for the package."""
    subdir: str
    """The platform of the package, or ``noarch``."""
    version: str
    """A version, or ``=NAME`` for the upstream version of that Debian package."""
    summary: str
    """A description of one line."""
    license: str
    """An SPDX expression."""
    sources: tuple[Deb | Wheel, ...] = ()
    """The Debian packages and wheels to download."""
    moves: tuple[tuple[str, str], ...] = ()
    """Prefix of a path in a source → its replacement. The first matching prefix counts. A file
    without one is left out."""
    drop: tuple[str, ...] = ()
    """Shell patterns of paths, after the move, to leave out."""
    links: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Symbolic links to add or replace: path → target."""
    texts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Small files to add: path → text."""
    edits: Mapping[str, tuple[str, str]] = field(default_factory=lambda: _NOTHING)
    """Replacements in text files: path → (regular expression, replacement). The expression must
    match in the file."""
    specs: Mapping[str, tuple[str, str]] = field(default_factory=lambda: _NOTHING)
    """GCC's specs files to add: path → (path of the driver, text to append to its own specs)."""
    rpaths: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Shell pattern of executables → their new ``DT_RPATH``, so that they load this package's
    libraries and not the machine's."""
    modules: str = ""
    """The folder of Python modules to compile to bytecode. Empty means none."""
    depends: tuple[str, ...] = ()
    """Run dependencies."""
    constrains: tuple[str, ...] = ()
    """Run constraints."""
    run_exports: RunExports = RunExports()
    """Dependencies for the packages built with this one."""
    build: str = ""
    """The build string. Empty means a hash of the package's inputs."""
    build_suffix: str = ""
    """The text after that hash (``cpython`` for python)."""
    noarch: str | None = None
    """``python``, ``generic``, or None for a package of one platform."""


GLIBC_BOUND = "__glibc >=2.36,<3.0.a0"
"""The C libraries that the channel's programs run with."""
CPP_RUNTIME = (f"libstdcxx >={GCC}", f"libgcc >={GCC}")
"""The run dependencies of C++ programs."""


def debs_of(names: Iterable[str], platform: Platform) -> tuple[Deb, ...]:
    return tuple(Deb(name, platform.debian_arch) for name in names)


def copyrights(names: Iterable[str], below: str = "share/licenses") -> tuple[tuple[str, str], ...]:
    """Return the moves that keep the copyright file of each Debian package."""
    return tuple((f"usr/share/doc/{name}/copyright", f"{below}/{name}/copyright") for name in names)
