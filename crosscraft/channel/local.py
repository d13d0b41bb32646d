"""The local channel on this machine: where it is, and what is in it.

:mod:`crosscraft.channel.make` makes it, and adds to it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.channel.catalog import TARGETS, Package, packages
from crosscraft.channel.debian import DebFile
from crosscraft.channel.plan import FORMAT, Planned, plan
from crosscraft.errors import ChannelError
from crosscraft.platforms import Platform, lookup, native
from crosscraft.system import files

__all__ = ["MANIFEST", "Listed", "find", "key", "link_path", "listing", "matching", "targets"]

MANIFEST = "crosscraft.json"
"""The file of a channel that says what is in it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A package of the channel, and where it came from."""

    name: str
    """The conda package."""
    version: str
    """Its version."""
    build: str
    """Its build string."""
    subdir: str
    """Its platform, or ``noarch``."""
    size: int
    """Of the .conda file, in bytes."""
    sha256: str
    """Of the .conda file."""
    sources: tuple[Mapping[str, str], ...]
    """One row for each Debian package or wheel: kind, name, arch, version, source, sha256."""

    @property
    def file(self) -> str:
        """Where it is in the channel."""
        return f"{self.subdir}/{self.name}-{self.version}-{self.build}.conda"


def key(build: Platform | None = None) -> str:
    """Return the name of the channel that this version's catalog makes, on any machine."""
    rows = packages(build or native())
    return "local-" + hashlib.sha256(repr((FORMAT, rows)).encode()).hexdigest()[:12]


def link_path(build: Platform | None = None) -> Path:
    """Return the symbolic link to that channel on this machine; it need not exist.

    It is in the user's cache, or in the folder that ``CROSSCRAFT_CHANNELS`` names: one that
    many share, and that who only uses it need not be able to write.

    :raises StorageError: if another user could change what is in that folder.
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

    :raises ChannelError: if it has not been made on this machine.
    """
    link = link_path(build)
    if not (link / MANIFEST).is_file():
        raise ChannelError(
            "the local channel has not been made yet",
            looked=str(link.parent),
            remedy="Run `make setup`, or `crosscraft channel build`; it takes about half a minute.",
        )
    return link.resolve()


def listing(channel: Path) -> tuple[Listed, ...]:
    """Return what the channel in the folder `channel` holds, by its manifest."""
    rows = json.loads((channel / MANIFEST).read_text(encoding="utf-8"))["packages"]
    return tuple(Listed(**(row | {"sources": tuple(row["sources"])})) for row in rows)


def matching(rows: Iterable[Package], listed: Iterable[Listed]) -> tuple[Planned, ...]:
    """Return those of `rows` that are `listed` as this version's catalog makes them.

    A build string is a hash of a row and its sources, and the list names the sources.
    """
    found = []
    by_name: dict[tuple[str, str], list[Listed]] = {}
    for one in listed:
        by_name.setdefault((one.name, one.subdir), []).append(one)
    for row in rows:
        for one in by_name.get((row.name, row.subdir), ()):
            try:
                planned = plan(row, _debs(one))
            except (KeyError, StopIteration):  # it has come to be made of other sources
                continue
            if f"{row.subdir}/{planned.file}" == one.file:
                found.append(planned)
    return tuple(found)


def targets(listed: Sequence[Listed], among: Collection[str] = TARGETS) -> tuple[Platform, ...]:
    """Return the platforms that a channel with the packages `listed` can build for.

    :param among: the subdirs to look at.
    """
    rows = {name: packages(native(), [lookup(name)]) for name in TARGETS if name in among}
    return tuple(
        lookup(name)
        for name, wanted in rows.items()
        if len(matching(wanted, listed)) == len(wanted)
    )


def _debs(one: Listed) -> dict[tuple[str, str], DebFile]:
    """The Debian packages that a package was made from, as :func:`plan` takes them."""
    return {
        (s["name"], s["arch"]): DebFile(
            s["name"], s["arch"], s["version"], s["source"], "", 0, s["sha256"]
        )
        for s in one.sources
        if s["kind"] == "debian"
    }
