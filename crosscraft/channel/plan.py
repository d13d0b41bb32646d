"""The version and build string of a package, from the versions of its sources."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from crosscraft.channel.catalog import Deb, Package, Wheel
from crosscraft.channel.debian import DebFile, upstream_version

__all__ = ["FORMAT", "Planned", "plan"]

FORMAT = "1"
"""Part of every hash. Raise it when :mod:`crosscraft.channel.assemble` makes other packages from
the same sources."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A package of the catalog with its version and its sources."""

    package: Package
    """The row of the catalog."""
    version: str
    """The version of the package."""
    build: str
    """The build string, which contains a hash of all inputs."""
    debs: tuple[DebFile, ...]
    """The source Debian packages."""
    wheels: tuple[Wheel, ...]
    """The source wheels."""

    @property
    def file(self) -> str:
        """The file name, without a folder."""
        return f"{self.package.name}-{self.version}-{self.build}.conda"

    @property
    def provenance(self) -> list[dict[str, str]]:
        """The origin of the files, one row per source."""
        rows = [
            {"kind": "debian", "name": d.name, "arch": d.arch, "version": d.version,
             "source": d.source, "sha256": d.sha256}
            for d in self.debs
        ]  # fmt: skip
        rows += [
            {"kind": "wheel", "name": w.name, "arch": "", "version": w.version,
             "source": w.name, "sha256": w.sha256}
            for w in self.wheels
        ]  # fmt: skip
        return rows


def plan(package: Package, resolved: Mapping[tuple[str, str], DebFile]) -> Planned:
    """Determine the version and build string of `package`.

    :param resolved: the available Debian packages, by (name, architecture).
    """
    debs = tuple(resolved[s.name, s.arch] for s in package.sources if isinstance(s, Deb))
    pins = tuple(s for s in package.sources if isinstance(s, Wheel))
    version = package.version
    if version.startswith("="):
        version = upstream_version(next(d.version for d in debs if d.name == version[1:]))
    inputs = [FORMAT, repr(package), *(d.sha256 for d in debs), *(w.sha256 for w in pins)]
    digest = hashlib.sha256("\n".join(inputs).encode()).hexdigest()[:7]
    suffix = f"_{package.build_suffix}" if package.build_suffix else ""
    return Planned(package, version, package.build or f"h{digest}_0{suffix}", debs, pins)
