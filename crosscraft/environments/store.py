"""Packages, unpacked, kept by their checksum: what environments and builds are made of.

rattler was seen to take a package from a folder whatever checksum its index promises, and to
link what ``info/paths.json`` names wherever that leads: out of the package, and out of the
environment. So each package is fetched, unpacked, compared and looked through here first, and
what rattler is given is a package cache that holds it already.

An entry is called ``NAME-VERSION-BUILD@SHA`` and comes into being in one step; it is never
changed. Beside it lie the list of its links that lead out, and the lock file that rattler's
package cache wants: a revision of eight bytes, then the SHA-256 of the package. The lock comes
last, and says that all is there.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from crosscraft.errors import DownloadError, InstallError
from crosscraft.redact import redacted
from crosscraft.system import files

if TYPE_CHECKING:
    from rattler import RepoDataRecord

__all__ = ["Wanted", "add_missing", "entry_of", "link_packages", "run_exports", "wanted"]

_REVISION = bytes(7) + b"\x01"
_WORKERS = 4
"""Packages unpacked at once; rattler does it without Python's lock."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A package, as the index of a channel promises it."""

    name: str
    """Its name."""
    version: str
    """Its version."""
    build: str
    """Its build string."""
    file: str
    """Its file name."""
    sha256: str
    """Of the file; empty if the index has none."""
    url: str = field(repr=False)
    """Where it is. It may hold credentials, and so may the next."""
    channel: str = field(repr=False)
    """What its channel is called there."""


def wanted(records: Sequence[RepoDataRecord]) -> list[Wanted]:
    """Return the packages that a solve came to."""
    return [
        Wanted(
            record.name.normalized,
            str(record.version),
            str(record.build),
            record.file_name,
            (record.sha256 or b"").hex(),
            record.url,
            str(record.channel or record.url),
        )
        for record in records
    ]


def add_missing(
    packages: Sequence[Wanted], on_progress: Callable[[int, int], object] | None = None
) -> None:
    """See that each package is in the store, whole, with the checksum that its index promises.

    :param on_progress: called with the number of packages that are there, and of all.
    :raises DownloadError: if one has another checksum, or its index promises none.
    :raises InstallError: if one leads out of its folder.
    """
    missing = [package for package in packages if not _is_complete(entry_of(package))]
    if missing:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_WORKERS) as pool:
            for done, _ in enumerate(pool.map(_add, missing), len(packages) - len(missing) + 1):
                if on_progress:
                    on_progress(done, len(packages))
    outward = {link for package in packages for link in _outward_links(entry_of(package))}
    if outward:
        _check_links_between(packages, outward)


def entry_of(package: Wanted) -> Path:
    """Return where `package`, unpacked, is kept."""
    if not package.sha256:
        raise DownloadError(
            f"the index of a channel gives no SHA-256 for {package.file}",
            looked=redacted(package.channel),
            remedy="Have the channel indexed anew, or use another one with `--channel`.",
        )
    return files.cache("unpacked") / f"{_stem(package)}@{package.sha256[:32]}"


def link_packages(folder: Path, packages: Sequence[Wanted]) -> Path:
    """Make `folder` a package cache of rattler's that has these packages, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in packages:
        entry = entry_of(package)
        mine = folder / _stem(package)
        mine.unlink(missing_ok=True)  # another one of that name, for another platform
        mine.symlink_to(entry)
        shutil.copyfile(_lock_file(entry), _lock_file(mine))
    return folder


def run_exports(package: Wanted, kind: str) -> tuple[str, ...]:
    """Return what a package of the store adds to those built with it, of one kind (CEP 12)."""
    try:
        text = (entry_of(package) / "info" / "run_exports.json").read_text(encoding="utf-8")
        found = json.loads(text).get(kind, [])
    except (OSError, ValueError, AttributeError):
        return ()
    return tuple(spec for spec in found if isinstance(spec, str))


def _is_complete(entry: Path) -> bool:
    return all(path.exists() for path in (entry, _links_file(entry), _lock_file(entry)))


def _outward_links(entry: Path) -> set[str]:
    """The links of a package of the store that lead out."""
    return set(json.loads(_links_file(entry).read_text(encoding="utf-8")))


def _add(package: Wanted) -> None:
    """Put one package into the store."""
    entry = entry_of(package)
    # Within the store, so that a rename is enough. What a killed process leaves goes when
    # the next one comes by.
    with tempfile.TemporaryDirectory(dir=entry.parent, prefix=".new-") as scratch:
        unpacked = Path(scratch) / "package"
        _fetch(package, unpacked)
        outward = _check_package(unpacked, package.file)
        try:
            os.rename(unpacked, entry)
        except OSError:
            if not entry.is_dir():
                raise
            # Another process was faster: it has the same bytes.
        files.write(_links_file(entry), json.dumps(sorted(outward)))
        lock = Path(scratch) / "lock"
        lock.write_bytes(_REVISION + bytes.fromhex(package.sha256))
        os.replace(lock, _lock_file(entry))


def _fetch(package: Wanted, target: Path) -> None:
    from rattler.package_streaming import extract

    url = package.url
    archive = target.with_name(package.file.replace("/", "_"))
    if url.startswith("file:"):
        archive = Path(unquote(urlsplit(url).path))
    else:
        import asyncio

        asyncio.run(_download(url, archive))
    # The checksum is of the very bytes that were unpacked: the owner of a shared channel could
    # change the file between two looks at it. rattler unpacks nothing outside of `target`.
    try:
        digest, _ = extract(archive, target)
    except Exception as error:  # rattler has a class for each
        raise RuntimeError(f"{package.file}: {error}") from None
    if digest.hex() != package.sha256:
        raise DownloadError(
            f"{package.file} is not what the index of its channel promises: its SHA-256 is "
            f"{digest.hex()}, not {package.sha256}",
            looked=redacted(url),
            remedy="Nothing of it was used. If the channel is your output folder, run `crosscraft "
            "build` again; if not, use another one with `--channel`.",
        )


async def _download(url: str, target: Path) -> None:
    from rattler import Client
    from rattler.package_streaming import download_to_path

    await download_to_path(Client.default_client(), url, target)


def _check_package(package: Path, name: str) -> set[str]:
    """Check where an unpacked package leads, take the right to write from others, and return
    its links that lead out of an environment.

    :raises InstallError: if a path that is to be installed is not in the package's own folder.
    """
    from crosscraft.inspection.conda_file import paths_within

    links: dict[str, str] = {}
    if (package / "info").is_symlink():
        raise _leads_out(name, "info", "it is a link")
    for path in _walk(package):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            links[str(path.relative_to(package))] = str(path.readlink())
        elif mode & 0o7022:  # no set-user-ID either
            path.chmod(stat.S_IMODE(mode) & 0o755)
    for path_ in _installed(package, name):
        parts = path_.split("/")
        if path_.startswith("/") or ".." in parts or "\0" in path_ or not path_:
            raise _leads_out(name, path_, "it leads out of the package")
        if parts[0] == "conda-meta":
            raise _leads_out(name, path_, "that folder is the installer's own")
        if any("/".join(parts[:n]) in links for n in range(1, len(parts))):
            raise _leads_out(name, path_, "it goes through a link")
    return {path for path in links if paths_within.resolve(path, links) is None}


def _walk(folder: Path) -> Iterator[Path]:
    yield folder
    for root, folders, names in os.walk(folder):
        yield from (Path(root) / one for one in (*folders, *names))


def _installed(package: Path, name: str) -> Iterator[str]:
    """The paths that ``info/paths.json`` names; older packages have plain lists instead."""
    try:
        info = package / "info"
        if (info / "paths.json").exists():
            rows = json.loads((info / "paths.json").read_text(encoding="utf-8"))["paths"]
            yield from (str(row["_path"]) for row in rows)
        for older in ("files", "has_prefix"):
            if (info / older).exists():
                lines = (info / older).read_text(encoding="utf-8").splitlines()
                yield from (line.split(" ")[-1].strip("\"'") for line in lines if line.strip())
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InstallError(
            f"{name} does not say what it installs: {type(error).__name__} in its info folder",
            remedy="Have its channel mended, or use another one with `--channel`.",
        ) from None


def _check_links_between(packages: Sequence[Wanted], outward: set[str]) -> None:
    """See that no package puts a file behind a link of another that leads out."""
    for package in packages:
        for path in _installed(entry_of(package), package.file):
            parts = path.split("/")
            if any("/".join(parts[:n]) in outward for n in range(1, len(parts))):
                raise _leads_out(package.file, path, "another package has a link there")


def _leads_out(package: str, path: str, why: str) -> InstallError:
    return InstallError(
        f"{package} may not be installed: it names {path[:200]!r}, and {why}",
        looked="info/paths.json of the package",
        remedy="Nothing of it was used. Take the package from a channel that you trust.",
    )


def _stem(package: Wanted) -> str:
    stem = f"{package.name}-{package.version}-{package.build}"
    if "/" in stem or "\0" in stem:  # the index of a channel says so, which is anybody's
        raise _leads_out(package.file, stem, "that is no name of a package")
    return stem


def _links_file(entry: Path) -> Path:
    return entry.with_name(entry.name + ".links")


def _lock_file(entry: Path) -> Path:
    return entry.with_name(entry.name + ".lock")
