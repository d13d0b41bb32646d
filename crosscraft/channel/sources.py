"""The files that a row of the catalog takes from Debian packages and wheels.

A mirror may send a malicious source, so a path that leads out of the source is refused.
"""

from __future__ import annotations

import calendar
import fnmatch
import posixpath
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crosscraft.channel.catalog import PREFIX, Package
from crosscraft.channel.deb_archive import DebTar
from crosscraft.errors import ChannelError, DownloadError

__all__ = ["Entry", "Tree", "from_deb", "from_wheel"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or symbolic link of a package."""

    data: bytes
    """The content of a file, or the target of a link."""
    mtime: int
    """The modification time, in seconds since 1970."""
    executable: bool = False
    """Whether the file is executable."""
    link: bool = False
    """Whether the entry is a symbolic link."""

    @property
    def names_prefix(self) -> bool:
        """Whether the installer changes the file, because it contains the placeholder."""
        return PREFIX.encode() in self.data


Tree = dict[str, Entry]
"""The files of a package by their paths."""


def _moved(path: str, row: Package) -> str | None:
    """Return the package's path for `path` of a source, or None if it is left out."""
    for old, new in row.moves:
        if path.startswith(old):
            moved = new + path[len(old) :]
            if any(fnmatch.fnmatchcase(moved, pattern) for pattern in row.drop):
                return None
            return moved
    return None


def from_deb(deb: Path, row: Package) -> Iterator[tuple[str, Entry]]:
    """Yield the files that `row` takes from a Debian package, with their new paths.

    :raises DownloadError: if a member leads out of the package, or is a device.
    :raises ChannelError: if a member is a hard link to a file that `row` leaves out.
    """
    with DebTar(deb) as tar:
        kept: Tree = {}
        for member in tar:
            if not (member.isreg() or member.isdir() or member.islnk() or member.issym()):
                raise _refused(deb, member.name, "a device or a pipe")
            _check_within(deb, member.name)
            source = posixpath.normpath(member.name)
            path = _moved(source, row)
            if path is None:
                continue
            entry: Entry | None = None
            if member.isreg():
                content = tar.extractfile(member)
                assert content is not None
                executable = bool(member.mode & stat.S_IXUSR)
                entry = Entry(content.read(), int(member.mtime), executable)
            elif member.islnk():
                _check_within(deb, member.linkname)
                first = posixpath.normpath(member.linkname)
                entry = kept.get(_moved(first, row) or "")
                if entry is None:
                    raise ChannelError(
                        f"{row.name}: {source} of {deb.name} is a hard link to {first}, which "
                        "the package leaves out",
                        remedy=f"Change the row of {row.name} in the catalog: move or drop both.",
                    )
            elif member.issym():
                # A target is resolved within Debian's tree, moved as a file is, and made relative,
                # so no link leads to a file of the machine.
                pointed = posixpath.join("/", posixpath.dirname(source), member.linkname)
                target = _moved(posixpath.normpath(pointed).lstrip("/"), row)
                if target is not None:
                    relative = posixpath.relpath(target, posixpath.dirname(path))
                    entry = Entry(relative.encode(), int(member.mtime), link=True)
            if entry is not None:
                kept[path] = entry
        _check_links(deb, kept)
        yield from kept.items()


def from_wheel(wheel: Path, row: Package) -> Iterator[tuple[str, Entry]]:
    """Yield the files that `row` takes from a wheel, with their new paths.

    :raises DownloadError: if a member leads out of the wheel, or is a link.
    """
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            _check_within(wheel, info.filename)
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _refused(wheel, info.filename, "a link or a device")
            path = None if info.is_dir() else _moved(info.filename, row)
            if path is not None:
                mtime = calendar.timegm((*info.date_time, 0, 0, 0))
                executable = bool((info.external_attr >> 16) & stat.S_IXUSR)
                data = archive.read(info)
                if ".data/scripts/" in info.filename:
                    # Installers name the interpreter ("Binary distribution format" of wheels).
                    executable = True
                    data = re.sub(rb"\A#!pythonw?", f"#!{PREFIX}/bin/python".encode(), data)
                yield path, Entry(data, mtime, executable)


def _check_within(source: Path, path: str) -> None:
    """Refuse a member whose path leads out of the folder, because our package would have it too."""
    if path.startswith("/") or ".." in path.split("/") or "\0" in path:
        raise _refused(source, path, "it leads out of its folder")


def _check_links(source: Path, tree: Tree) -> None:
    """Refuse a source with a file whose path goes through one of its links."""
    links = {path for path, entry in tree.items() if entry.link}
    for path in tree:
        parts = path.split("/")
        if any("/".join(parts[:n]) in links for n in range(1, len(parts))):
            raise _refused(source, path, "it goes through a link")


def _refused(source: Path, member: str, why: str) -> DownloadError:
    return DownloadError(
        f"{source.name} has a member that no package should have, {member[:200]!r}: {why}",
        remedy="The file was not used. Download it from another mirror or index.",
    )
