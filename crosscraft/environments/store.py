"""The store of unpacked packages by checksum, for environments and builds.

rattler does not verify the checksum of a package in a local channel. It also links each path of
``info/paths.json``, even a path out of the package or out of the environment. So we download,
unpack and verify each package first, and give rattler a package cache that has it already.

An entry ``NAME-VERSION-BUILD@SHA`` appears by an atomic rename and never changes. Next to it are
the list of its links that lead out, and the lock file of rattler's package cache: a revision of
eight bytes, then the SHA-256 of the package. The lock file is written last, so it marks a
complete entry.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from crosscraft.errors import DownloadError, InstallError
from crosscraft.redact import redacted
from crosscraft.system import files, scratch

if TYPE_CHECKING:
    from rattler import RepoDataRecord

__all__ = ["Wanted", "add_missing", "entry_of", "link_packages", "run_exports", "wanted"]

_REVISION = bytes(7) + b"\x01"
_WORKERS = 4
"""Packages to unpack at the same time. rattler releases Python's global lock."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A package of a channel's index."""

    name: str
    """The name of the package."""
    version: str
    """Its version."""
    build: str
    """Its build string."""
    file: str
    """Its file name."""
    sha256: str
    """The checksum of the file in hexadecimal, or empty if the index has none."""
    url: str = field(repr=False)
    """The URL of the file. It may contain credentials."""
    channel: str = field(repr=False)
    """The channel in the index's words. It may contain credentials."""


def wanted(records: Sequence[RepoDataRecord]) -> list[Wanted]:
    """Return the packages of a solver's result."""
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
    """Add the missing packages to the store, with their checksums and paths verified.

    :param on_progress: called with the numbers of available packages and of all packages.
    :raises DownloadError: if a package has the wrong checksum, or its index has none.
    :raises InstallError: if a package leads out of its folder.
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
    """Return the folder of the unpacked `package` in the store."""
    if not package.sha256:
        raise DownloadError(
            f"the index of a channel gives no SHA-256 for {package.file}",
            looked=redacted(package.channel),
            remedy="Index the channel again, or use another channel with `--channel`.",
        )
    return files.cache("unpacked") / f"{_stem(package)}@{package.sha256[:32]}"


def link_packages(folder: Path, packages: Sequence[Wanted]) -> Path:
    """Make `folder` a package cache for rattler with links to these packages, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in packages:
        entry = entry_of(package)
        link = folder / _stem(package)
        link.unlink(missing_ok=True)  # another platform's package may have the same name
        link.symlink_to(entry)
        shutil.copyfile(_lock_file(entry), _lock_file(link))
    return folder


def run_exports(package: Wanted, kind: str) -> tuple[str, ...]:
    """Return the run_exports of one kind of a package in the store, or none if damaged."""
    from crosscraft.inspection.conda_file import run_exports as forms

    files = [(name, entry_of(package) / name) for name in forms.FILES]
    try:
        texts = {name: file.read_bytes() for name, file in files if file.is_file()}
        return forms.read(texts).get(kind, ())
    except (OSError, ValueError):
        return ()


def _is_complete(entry: Path) -> bool:
    return all(path.exists() for path in (entry, _links_file(entry), _lock_file(entry)))


def _outward_links(entry: Path) -> set[str]:
    """Return the links of an entry that lead out of an environment."""
    return set(json.loads(_links_file(entry).read_text(encoding="utf-8")))


def _add(package: Wanted) -> None:
    """Add one package to the store."""
    entry = entry_of(package)
    # In the store, because a rename does not cross file systems.
    with scratch.folder(entry.parent, ".new-") as made:
        unpacked = made.path / "package"
        _fetch(package, unpacked)
        outward = _check_package(unpacked, package.file)
        try:
            os.rename(unpacked, entry)
        except OSError:
            if not entry.is_dir():
                raise
            # Another process added the same package first.
        files.write(_links_file(entry), json.dumps(sorted(outward)))
        lock = made.path / "lock"
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
    # The checksum is of the unpacked bytes, because the owner of a shared channel could change the
    # file between two reads. rattler unpacks nothing outside of `target`.
    try:
        digest, _ = extract(archive, target)
    except Exception as error:  # rattler raises many classes
        raise RuntimeError(f"{package.file}: {error}") from None
    if digest.hex() != package.sha256:
        raise DownloadError(
            f"{package.file} does not have the checksum in its channel's index: its SHA-256 is "
            f"{digest.hex()}, not {package.sha256}",
            looked=redacted(url),
            remedy="The package was not used. If the channel is your output folder, run "
            "`crosscraft build` again. If not, use another channel with `--channel`.",
        )


async def _download(url: str, target: Path) -> None:
    from rattler import Client
    from rattler.package_streaming import download_to_path

    await download_to_path(Client.default_client(), url, target)


def _check_package(package: Path, name: str) -> set[str]:
    """Verify the paths of an unpacked package, and remove write permission for other users.

    :return: the links that lead out of an environment.
    :raises InstallError: if a path to install is outside the package's folder.
    """
    from crosscraft.inspection.conda_file import paths_within

    links: dict[str, str] = {}
    if (package / "info").is_symlink():
        raise _leads_out(name, "info", "it is a link")
    for path in _walk(package):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            links[str(path.relative_to(package))] = str(path.readlink())
        elif mode & 0o7022:  # includes the set-user-ID bit
            path.chmod(stat.S_IMODE(mode) & 0o755)
    for path_ in _installed(package, name):
        parts = path_.split("/")
        if path_.startswith("/") or ".." in parts or "\0" in path_ or not path_:
            raise _leads_out(name, path_, "it leads out of the package")
        if parts[0] == "conda-meta":
            raise _leads_out(name, path_, "that folder belongs to the installer")
        if any("/".join(parts[:n]) in links for n in range(1, len(parts))):
            raise _leads_out(name, path_, "it goes through a link")
    return {path for path in links if paths_within.resolve(path, links) is None}


def _walk(folder: Path) -> Iterator[Path]:
    yield folder
    for root, folders, names in os.walk(folder):
        yield from (Path(root) / name for name in (*folders, *names))


def _installed(package: Path, name: str) -> Iterator[str]:
    """Yield the paths in ``info/paths.json``, or in the plain lists of an older package."""
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
            remedy="Use another channel with `--channel`, or tell the owner of this one.",
        ) from None


def _check_links_between(packages: Sequence[Wanted], outward: set[str]) -> None:
    """Verify that no package has a file behind another package's outward link."""
    for package in packages:
        for path in _installed(entry_of(package), package.file):
            parts = path.split("/")
            if any("/".join(parts[:n]) in outward for n in range(1, len(parts))):
                raise _leads_out(package.file, path, "another package has a link there")


def _leads_out(package: str, path: str, why: str) -> InstallError:
    return InstallError(
        f"{package} is not safe to install: it names {path[:200]!r}, and {why}",
        looked="info/paths.json of the package",
        remedy="The package was not used. Install it from a channel that you trust.",
    )


def _stem(package: Wanted) -> str:
    stem = f"{package.name}-{package.version}-{package.build}"
    if "/" in stem or "\0" in stem:  # the index may be malicious
        raise _leads_out(package.file, stem, "that is not a package name")
    return stem


def _links_file(entry: Path) -> Path:
    return entry.with_name(entry.name + ".links")


def _lock_file(entry: Path) -> Path:
    return entry.with_name(entry.name + ".lock")
