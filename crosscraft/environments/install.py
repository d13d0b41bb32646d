"""Install conda environments, for this machine's platform or another.

The name of an environment is a hash of its packages. An environment is installed once and never
changed. After an interrupted install the marker is missing, so the next call installs it again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crosscraft.channel import names
from crosscraft.channel.select import Channel
from crosscraft.environments import solver, store
from crosscraft.environments.store import Wanted
from crosscraft.errors import CrosscraftError, InstallError
from crosscraft.platforms import Platform
from crosscraft.redact import redacted
from crosscraft.system import files, locks, storage_errors

if TYPE_CHECKING:
    from rattler import RepoDataRecord

__all__ = ["Environment", "create", "fetch", "installed"]

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
    records = solver.solve(specs, platform, channels, glibc=glibc)
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
        raise solver.channel_error(text, channels) or _install_error(text, platform) from None


def installed(environment: Environment) -> dict[str, str]:
    """Return the version of each package in `environment`, by name."""
    # The file name of a record is NAME-VERSION-BUILD.json.
    records = (environment.prefix / "conda-meta").glob("*.json")
    return {name: version for name, version, _ in map(names.of_file, sorted(records))}


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


def _last_cause(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__
