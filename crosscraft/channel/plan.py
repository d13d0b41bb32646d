"""What a package of the catalog will be called, once the versions of its sources are known."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from crosscraft.channel.catalog import Deb, Package, Wheel
from crosscraft.channel.debian import DebFile, upstream_version

__all__ = ["FORMAT", "Planned", "plan"]

FORMAT = "1"
"""Part of every hash: raised when :mod:`crosscraft.channel.assemble` makes
other packages from the same sources."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A package of the catalog with its sources and its version known."""

    package: Package
    """The row."""
    version: str
    """Its version."""
    build: str
    """Its build string, which carries a hash of all inputs."""
    debs: tuple[DebFile, ...]
    """The Debian packages it is made from."""
    wheels: tuple[Wheel, ...]
    """The wheels it is made from."""

    @property
    def file(self) -> str:
        """Its file name, without a folder."""
        return f"{self.package.name}-{self.version}-{self.build}.conda"

    @property
    def provenance(self) -> list[dict[str, str]]:
        """Where its files come from, one row a source."""
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
    """Fix version and build string of `package`.

    :param resolved: what the Debian sources offer, by (name, architecture).
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
