"""The local channel on this machine: its folder and its packages.

:mod:`crosscraft.channel.make` makes it, and adds platforms and packages.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.channel.catalog import TARGETS, Package, on_demand, packages
from crosscraft.channel.debian import DebFile
from crosscraft.channel.plan import FORMAT, Planned, plan
from crosscraft.errors import ChannelError
from crosscraft.platforms import Platform, lookup, native
from crosscraft.system import files

__all__ = [
    "MANIFEST", "Listed", "current", "every_row", "find", "key", "link_path", "listing",
    "matching", "targets",
]  # fmt: skip

MANIFEST = "crosscraft.json"
"""The file that lists the packages of a channel."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A package of the channel, and its sources."""

    name: str
    """The name of the conda package."""
    version: str
    """Its version."""
    build: str
    """Its build string."""
    subdir: str
    """Its platform, or ``noarch``."""
    size: int
    """The size of the .conda file in bytes."""
    sha256: str
    """The checksum of the .conda file, in hexadecimal."""
    sources: tuple[Mapping[str, str], ...]
    """One row per Debian package or wheel: kind, name, arch, version, source, sha256."""

    @property
    def file(self) -> str:
        """The path of the package in the channel."""
        return f"{self.subdir}/{self.name}-{self.version}-{self.build}.conda"


def key(build: Platform | None = None) -> str:
    """Return the name of this version's channel, which is the same on every machine."""
    rows = packages(build or native())
    return "local-" + hashlib.sha256(repr((FORMAT, rows)).encode()).hexdigest()[:12]


def link_path(build: Platform | None = None) -> Path:
    """Return the path of the symbolic link to that channel, which may not exist.

    The link is in the user's cache, or in the shared folder that ``CROSSCRAFT_CHANNELS`` names.
    Users of a shared folder do not need to be able to write to it.

    :raises StorageError: if another user could change the contents of the shared folder.
    """
    return _folder() / key(build)


def _folder() -> Path:
    shared = os.environ.get("CROSSCRAFT_CHANNELS")
    if not shared:
        return files.cache("channels")
    folder = files.expanded(shared).absolute()
    files.check_owned(folder, "the folder of channels", "CROSSCRAFT_CHANNELS")
    return folder


def find(build: Platform | None = None) -> Path:
    """Return the folder of the local channel.

    :raises ChannelError: if this machine has no local channel yet.
    """
    link = link_path(build)
    if not (link / MANIFEST).is_file():
        raise ChannelError(
            "the local channel has not been made yet",
            looked=str(link.parent),
            remedy="Run `make setup` or `crosscraft channel build`. It takes about half a minute.",
        )
    return link.resolve()


def listing(channel: Path) -> tuple[Listed, ...]:
    """Return the packages of the channel in the folder `channel`, from its manifest."""
    rows = json.loads((channel / MANIFEST).read_text(encoding="utf-8"))["packages"]
    return tuple(Listed(**(row | {"sources": tuple(row["sources"])})) for row in rows)


def every_row(build: Platform) -> tuple[Package, ...]:
    """Return each row of the catalog, also those that are made on demand."""
    targets = [lookup(name) for name in TARGETS]
    return (*packages(build, targets), *on_demand(build, targets))


def current(listed: Sequence[Listed]) -> tuple[Listed, ...]:
    """Return the packages whose rows have not changed.

    The :func:`key` of a channel depends on the rows of set-up alone, so other rows may have changed
    since the packages were made.
    """
    wanted = {f"{one.package.subdir}/{one.file}" for one in matching(every_row(native()), listed)}
    return tuple(one for one in listed if one.file in wanted)


def matching(rows: Iterable[Package], listed: Iterable[Listed]) -> tuple[Planned, ...]:
    """Return the packages of `rows` that are `listed` with the build string of this version.

    A build string is a hash of a row and its sources, which the list names.
    """
    found = []
    by_name: dict[tuple[str, str], list[Listed]] = {}
    for one in listed:
        by_name.setdefault((one.name, one.subdir), []).append(one)
    for row in rows:
        for one in by_name.get((row.name, row.subdir), ()):
            try:
                planned = plan(row, _debs(one))
            except (KeyError, StopIteration):  # the row has other sources now
                continue
            if f"{row.subdir}/{planned.file}" == one.file:
                found.append(planned)
    return tuple(found)


def targets(listed: Sequence[Listed], among: Collection[str] = TARGETS) -> tuple[Platform, ...]:
    """Return the platforms that a channel with the packages `listed` can build for.

    :param among: the subdirs to consider.
    """
    rows = {name: packages(native(), [lookup(name)]) for name in TARGETS if name in among}
    return tuple(
        lookup(name)
        for name, wanted in rows.items()
        if len(matching(wanted, listed)) == len(wanted)
    )


def _debs(one: Listed) -> dict[tuple[str, str], DebFile]:
    """Return the source Debian packages of a package, in the form for :func:`plan`."""
    return {
        (s["name"], s["arch"]): DebFile(
            s["name"], s["arch"], s["version"], s["source"], "", 0, s["sha256"]
        )
        for s in one.sources
        if s["kind"] == "debian"
    }
