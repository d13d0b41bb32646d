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
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from crosscraft import storage
from crosscraft.conda_file import paths_within
from crosscraft.errors import DownloadError, InstallError
from crosscraft.private import hide

if TYPE_CHECKING:
    from rattler import RepoDataRecord

__all__ = ["exports", "lend", "place", "prepare"]

_REVISION = bytes(7) + b"\x01"
_WORKERS = 4
"""Packages unpacked at once; rattler does it without Python's lock."""


def prepare(
    records: Sequence[RepoDataRecord], on_progress: Callable[[int, int], object] | None = None
) -> None:
    """See that each package is in the store, whole, with the checksum that its index promises.

    :param on_progress: called with the number of packages that are there, and of all.
    :raises DownloadError: if one has another checksum, or its index promises none.
    :raises InstallError: if one leads out of its folder.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_WORKERS) as pool:
        links = []
        for found in pool.map(_prepare, records):
            links.append(found)
            if on_progress:
                on_progress(len(links), len(records))
    outward = {link for found in links for link in found}
    if outward:
        _check_ways(records, outward)


def place(record: RepoDataRecord) -> Path:
    """Return where `record`, unpacked, is kept."""
    if record.sha256 is None:
        raise DownloadError(
            f"the index of a channel gives no SHA-256 for {record.file_name}",
            looked=hide(str(record.channel or record.url)),
            remedy="Have the channel indexed anew, or use another one with `--channel`.",
        )
    return storage.cache("unpacked") / f"{_stem(record)}@{record.sha256.hex()[:32]}"


def lend(folder: Path, records: Sequence[RepoDataRecord]) -> Path:
    """Make `folder` a package cache of rattler's that has these packages, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for record in records:
        entry = place(record)
        mine = folder / _stem(record)
        mine.unlink(missing_ok=True)  # another one of that name, for another platform
        mine.symlink_to(entry)
        shutil.copyfile(_lock(entry), _lock(mine))
    return folder


def exports(record: RepoDataRecord, kind: str) -> tuple[str, ...]:
    """Return what a package of the store adds to those built with it, of one kind (CEP 12)."""
    try:
        text = (place(record) / "info" / "run_exports.json").read_text(encoding="utf-8")
        found = json.loads(text).get(kind, [])
    except (OSError, ValueError, AttributeError):
        return ()
    return tuple(spec for spec in found if isinstance(spec, str))


def _prepare(record: RepoDataRecord) -> set[str]:
    """Put one package into the store unless it is there, and return its links that lead out."""
    entry = place(record)
    if not all(path.exists() for path in (entry, _outward(entry), _lock(entry))):
        # Within the store, so that a rename is enough. What a killed process leaves goes when
        # the next one comes by.
        with tempfile.TemporaryDirectory(dir=entry.parent, prefix=".new-") as scratch:
            unpacked = Path(scratch) / "package"
            _fetch(record, unpacked)
            outward = _look_through(unpacked, record.file_name)
            try:
                os.rename(unpacked, entry)
            except OSError:
                if not entry.is_dir():
                    raise
                # Another process was faster: it has the same bytes.
            storage.write(_outward(entry), json.dumps(sorted(outward)))
            lock = Path(scratch) / "lock"
            assert record.sha256 is not None
            lock.write_bytes(_REVISION + record.sha256)
            os.replace(lock, _lock(entry))
    return set(json.loads(_outward(entry).read_text(encoding="utf-8")))


def _fetch(record: RepoDataRecord, target: Path) -> None:
    from rattler.package_streaming import extract

    url = record.url
    archive = target.with_name(record.file_name.replace("/", "_"))
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
        raise RuntimeError(f"{record.file_name}: {error}") from None
    if digest != record.sha256:
        assert record.sha256 is not None
        raise DownloadError(
            f"{record.file_name} is not what the index of its channel promises: its SHA-256 is "
            f"{digest.hex()}, not {record.sha256.hex()}",
            looked=hide(url),
            remedy="Nothing of it was used. Have the channel mended, or use another one with "
            "`--channel`.",
        )


async def _download(url: str, target: Path) -> None:
    from rattler import Client
    from rattler.package_streaming import download_to_path

    await download_to_path(Client.default_client(), url, target)


def _look_through(package: Path, name: str) -> set[str]:
    """Check where an unpacked package leads, take the right to write from others, and return
    its links that lead out of an environment.

    :raises InstallError: if a path that is to be installed is not in the package's own folder.
    """
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
    for root, folders, files in os.walk(folder):
        yield from (Path(root) / one for one in (*folders, *files))


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


def _check_ways(records: Sequence[RepoDataRecord], outward: set[str]) -> None:
    """See that no package puts a file behind a link of another that leads out."""
    for record in records:
        for path in _installed(place(record), record.file_name):
            parts = path.split("/")
            if any("/".join(parts[:n]) in outward for n in range(1, len(parts))):
                raise _leads_out(record.file_name, path, "another package has a link there")


def _leads_out(package: str, path: str, why: str) -> InstallError:
    return InstallError(
        f"{package} may not be installed: it names {path[:200]!r}, and {why}",
        looked="info/paths.json of the package",
        remedy="Nothing of it was used. Take the package from a channel that you trust.",
    )


def _stem(record: RepoDataRecord) -> str:
    stem = f"{record.name.normalized}-{record.version}-{record.build}"
    if "/" in stem or "\0" in stem:  # the index of a channel says so, which is anybody's
        raise _leads_out(record.file_name, stem, "that is no name of a package")
    return stem


def _outward(entry: Path) -> Path:
    return entry.with_name(entry.name + ".links")


def _lock(entry: Path) -> Path:
    return entry.with_name(entry.name + ".lock")
