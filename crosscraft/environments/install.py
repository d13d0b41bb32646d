"""Solve and install conda environments, for this machine's platform or another.

The name of an environment is a hash of its packages. An environment is installed once and never
changed. After an interrupted install the marker is missing, so the next call installs it again.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crosscraft.channel import names
from crosscraft.channel.select import Channel
from crosscraft.environments import store
from crosscraft.environments.store import Wanted
from crosscraft.errors import ChannelError, CrosscraftError, InstallError
from crosscraft.platforms import NOARCH, Platform, native
from crosscraft.redact import redacted
from crosscraft.system import files, locks, storage_errors

if TYPE_CHECKING:
    from rattler import Gateway, GenericVirtualPackage, RepoDataRecord, VirtualPackage
    from rattler.platform import Subdir

__all__ = ["Environment", "create", "fetch", "installed", "missing_packages", "solve"]

_COMPLETE = "conda-meta/crosscraft-complete"
_KEEP = 20
"""Number of environments to keep in the cache. The most recently used stay."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An installed environment."""

    prefix: Path
    """The folder of the environment."""
    platform: Platform
    """The platform of its packages."""


def create(
    specs: Sequence[str],
    platform: Platform,
    channels: Sequence[Channel],
    *,
    glibc: str | None = None,
    on_wait: Callable[[str], object] = lambda text: None,
    on_progress: Callable[[int, int], object] | None = None,
) -> Environment:
    """Return an environment with `specs`, and install it if it is not in the cache.

    :param specs: conda match specs.
    :param channels: the channels to search. The first one that has a package wins (strict
        priority).
    :param glibc: the C library version to install for, by default this machine's.
    :param on_wait: called with a message if another process is installing the environment.
    :param on_progress: called with the numbers of fetched packages and of all packages.
    :raises InstallError: if the specs cannot be satisfied.
    :raises ChannelError: if a channel does not respond.
    :raises DownloadError: if a package does not have its checksum.
    """
    records = solve(specs, platform, channels, glibc=glibc)
    prefix = _prefix(records)
    with locks.lock(str(prefix), on_wait):
        marker = prefix / _COMPLETE
        if not marker.exists():
            files.discard(prefix)
            fetch(store.wanted(records), platform, channels, on_progress)
            _install(records, prefix, platform)
            # Even after a power failure, a marker must mean that all files are on the disk.
            os.sync()
            files.write(marker, "")
        os.utime(marker)
    _prune(keep=prefix)
    return Environment(prefix, platform)


def solve(
    specs: Sequence[str],
    platform: Platform,
    channels: Sequence[Channel],
    *,
    glibc: str | None = None,
) -> list[RepoDataRecord]:
    """Return the packages that satisfy `specs`. Parameters and errors as for :func:`create`."""
    import asyncio

    import rattler

    try:
        return asyncio.run(
            rattler.solve(
                [channel.url for channel in channels],
                list(specs),
                platforms=_subdirs(platform),
                virtual_packages=_virtual_packages(platform, glibc),
                gateway=_gateway(),
            )
        )
    except Exception as error:
        raise _solve_error(specs, platform, channels, error) from None


def fetch(
    packages: Sequence[Wanted],
    platform: Platform,
    channels: Sequence[Channel],
    on_progress: Callable[[int, int], object] | None = None,
) -> None:
    """Add each package to the store, with its checksum and paths verified.

    :param on_progress: called with the numbers of available packages and of all packages.
    :raises DownloadError: if a package does not have its checksum.
    :raises InstallError: if a package cannot be downloaded or unpacked, or leads out of its folder.
    :raises ChannelError: if a channel does not respond.
    """
    try:
        store.add_missing(packages, on_progress)
    except CrosscraftError:
        raise
    except Exception as error:
        text = redacted(_last_cause(error), [channel.url for channel in channels])
        raise channel_error(text, channels) or _install_error(text, platform) from None


def missing_packages(
    specs: Sequence[str], platform: Platform, channels: Sequence[Channel]
) -> list[str]:
    """Return the names in `specs` that no channel has a package of for `platform`."""
    import asyncio

    every = dict.fromkeys(map(names.of_spec, specs))
    wanted = [name for name in every if not name.startswith("__")]

    found = asyncio.run(
        _gateway().query(
            [channel.url for channel in channels],
            _subdirs(platform),
            wanted,
            recursive=False,
        )
    )
    available = {record.name.normalized for records in found for record in records}
    return [name for name in wanted if name not in available]


def installed(environment: Environment) -> dict[str, str]:
    """Return the version of each package in `environment`, by name."""
    # The file name of a record is NAME-VERSION-BUILD.json.
    records = (environment.prefix / "conda-meta").glob("*.json")
    return {name: version for name, version, _ in map(names.of_file, sorted(records))}


def _subdirs(platform: Platform) -> list[Subdir]:
    from rattler.platform import Subdir

    return [Subdir(name) for name in (platform.subdir, NOARCH)]


def _gateway() -> Gateway:
    from rattler import Gateway

    return Gateway(cache_dir=files.cache("repodata"))


def _virtual_packages(
    platform: Platform, glibc: str | None
) -> list[GenericVirtualPackage | VirtualPackage]:
    """Return the virtual packages, detected for this machine or assumed for another platform."""
    from rattler import GenericVirtualPackage, PackageName, Version, VirtualPackage
    from rattler.package.build_string import BuildString

    if platform is native() and glibc is None:
        return list(VirtualPackage.detect())
    assumed = {"__unix": "0", "__linux": "5.10", "__glibc": glibc or "2.17"}
    return [
        GenericVirtualPackage(PackageName(name), Version(version), BuildString("0"))
        for name, version in assumed.items()
    ]


def _prefix(records: Sequence[RepoDataRecord]) -> Path:
    parts = sorted(f"{record.url} {(record.sha256 or b'').hex()}" for record in records)
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return files.cache("environments") / key


def _install(records: list[RepoDataRecord], prefix: Path, platform: Platform) -> None:
    import asyncio

    import rattler
    from rattler.platform import Subdir

    # The path is fixed, because conda-meta records it. The caller holds the lock of the prefix.
    package_cache = files.cache("builds") / f"lent-{prefix.name}"
    files.discard(package_cache)
    try:
        asyncio.run(
            rattler.install(
                records,
                target_prefix=prefix,
                platform=Subdir(platform.subdir),
                cache_dir=store.link_packages(package_cache, store.wanted(records)),
                show_progress=False,
            )
        )
    except Exception as error:
        # On a full disk rattler may only report an incomplete file.
        text = "No space left" if storage_errors.is_full(prefix.parent) else _last_cause(error)
        files.discard(prefix)
        raise _install_error(text, platform) from None
    finally:
        files.discard(package_cache)


def _install_error(text: str, platform: Platform) -> CrosscraftError:
    where = str(files.cache("environments"))
    failed = storage_errors.explain_words(text, "the environment could not be installed", where)
    if failed:
        return failed
    cause = "; ".join(line.strip() for line in text.splitlines() if line.strip())[:1000]
    return InstallError(
        f"the environment for {platform.subdir} could not be installed: {cause}",
        looked=where,
        remedy="Run the command again. If it fails in the same way, remove that folder first.",
    )


def _prune(keep: Path) -> None:
    """Remove the least recently used environments, and incomplete ones of killed processes.

    A locked environment stays, because another process is using it.
    """
    used = {prefix: _last_used(prefix) for prefix in keep.parent.iterdir() if prefix != keep}
    order = sorted(used, key=lambda prefix: used[prefix], reverse=True)
    incomplete = [prefix for prefix in order[: _KEEP - 1] if not used[prefix]]
    for prefix in [*order[_KEEP - 1 :], *incomplete]:
        with locks.lock_if_free(str(prefix)) as free:
            if free and _last_used(prefix) == used[prefix]:
                (prefix / _COMPLETE).unlink(missing_ok=True)
                files.discard(prefix)


def _last_used(prefix: Path) -> float:
    """Return when an environment was last used, in seconds since 1970, or 0 if it is incomplete."""
    try:
        return (prefix / _COMPLETE).stat().st_mtime
    except OSError:
        return 0.0


def _solve_error(
    specs: Sequence[str], platform: Platform, channels: Sequence[Channel], error: Exception
) -> CrosscraftError:
    where = ", ".join(channel.name for channel in channels)
    text = redacted(_last_cause(error), [*specs, *(channel.url for channel in channels)])
    broken = storage_errors.explain_words(
        text, "the channel's index could not be stored", str(files.cache("repodata"))
    ) or channel_error(text, channels)
    if broken:
        return broken
    try:
        missing = missing_packages(specs, platform, channels)
    except Exception:
        missing = []
    if missing:
        return InstallError(
            f"no package {missing[0]!r} for {platform.subdir}",
            looked=f"the channels {where}",
            remedy=_near(missing[0], channels),
        )
    return InstallError(
        f"{', '.join(specs)} cannot be installed together for {platform.subdir}",
        looked=f"the channels {where}",
        remedy="The solver's reason is above. Loosen a version, or choose another channel.",
        detail=[line for line in text.splitlines() if line.strip()][:8],
    )


def channel_error(text: str, channels: Sequence[Channel]) -> ChannelError | None:
    """Return the error for a tool's message `text`, or None if no channel failed."""
    text = redacted(text, [channel.url for channel in channels])
    remote = [channel.name for channel in channels if not channel.url.startswith("file://")]
    if re.search(
        r"error sending request|failed to (fetch|download)|dns|timed out|connect", text, re.I
    ):
        return ChannelError(
            f"the channel {' or '.join(remote)} did not respond",
            remedy="Check the network, or use this machine's own channel: `--channel local`.",
        )
    if re.search(r"could not find subdir|not a supported scheme|could not parse url|host$", text):
        return ChannelError(
            f"a channel cannot be read: {text.splitlines()[0]}",
            looked=", ".join(channel.name for channel in channels),
            remedy="Give `local`, `conda-forge`, a URL, or a folder indexed as a channel.",
        )
    return None


def _near(name: str, channels: Sequence[Channel]) -> str:
    """Return a remedy that names packages with a name similar to `name`."""
    import difflib

    known = {(names.of_file(path)[0], path.parent.name) for path in _files(channels)}
    where = sorted(subdir for other, subdir in known if other == name)
    if where:
        return f"It exists for {', '.join(where)} only. Build it for this platform first."
    near = difflib.get_close_matches(name, sorted({other for other, _ in known}), 2)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    return f"{hint}Check the spelling, or choose a channel that has it with `--channel`."


def _files(channels: Sequence[Channel]) -> list[Path]:
    folders = [channel.folder for channel in channels if channel.folder]
    return [path for folder in folders for path in folder.glob("*/*.conda")]


def _last_cause(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__
