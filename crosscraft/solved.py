"""What a solve came to, kept for the next one that would be asked the same: the name of an
environment, or the packages of one that a build will need.

That is known where all channels are folders of this machine: a solver goes by the request, the
indexes, and what the machine provides. A channel elsewhere may have changed, and is asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict
from pathlib import Path

from crosscraft import storage
from crosscraft.channel.choice import Channel
from crosscraft.package_store import Wanted
from crosscraft.platforms import NOARCH, Platform

__all__ = ["keep", "keep_packages", "look_up", "look_up_packages", "place"]

_KEEP = 200
"""Answers in the cache, the latest written."""


def place(
    specs: Sequence[str],
    platform: Platform,
    channels: Sequence[Channel],
    glibc: str | None,
    kind: str = "environment",
    without: Set[str] = frozenset(),
) -> Path | None:
    """Return where the answer to this request lies, or None if it cannot be known.

    :param kind: what the answer is.
    :param without: names of packages that are not asked for: where nothing else speaks of them,
        they may come and go in the channels.
    """
    if any(channel.folder is None for channel in channels):
        return None
    asked = {
        "kind": kind,
        "specs": list(specs),
        "platform": platform.subdir,
        "glibc": glibc,
        "machine": _machine(),
        "channels": _indexes(specs, platform, channels, without),
    }
    name = hashlib.sha256(json.dumps(asked).encode(errors="surrogateescape")).hexdigest()[:32]
    return storage.cache("solved") / name


def look_up(place: Path | None) -> str | None:
    """Return the name of the environment that is kept at `place`, if any is."""
    try:
        said = place.read_text(encoding="ascii") if place else ""
    except (OSError, ValueError):
        return None
    return said if re.fullmatch("[0-9a-f]+", said) else None


def keep(place: Path | None, environment: str) -> None:
    """Keep the name of an environment as the answer at `place`."""
    if place is None:
        return
    storage.write(place, environment)
    for old in storage.beyond(_KEEP, place.parent.iterdir()):
        old.unlink(missing_ok=True)


def look_up_packages(place: Path | None) -> list[Wanted] | None:
    """Return the packages that are kept at `place`, if any are."""
    try:
        rows = json.loads(place.read_bytes() if place else b"")
        return [Wanted(**row) for row in rows] or None
    except (OSError, ValueError, TypeError):
        return None


def keep_packages(place: Path | None, packages: Sequence[Wanted]) -> None:
    """Keep these packages as the answer at `place`."""
    keep(place, json.dumps([asdict(one) for one in packages]))


def _indexes(
    specs: Sequence[str], platform: Platform, channels: Sequence[Channel], without: Set[str]
) -> list[tuple[str, Mapping[str, str]]]:
    """The checksums of the channels' indexes, in whatever forms they have them."""
    whole = [(one.url, _read(one, platform)) for one in channels]
    less = [
        (url, {path: left for path, text in found.items() if (left := _less(path, text, without))})
        for url, found in whole
    ]
    texts = [spec.encode() for spec in specs]
    texts += [text for _, found in less for text in found.values()]
    if not without or any(name.encode() in text for name in without for text in texts):
        less = whole
    return [
        (url, {path: hashlib.sha256(text).hexdigest() for path, text in found.items()})
        for url, found in less
        if found or less is whole  # a channel that has nothing is as good as none
    ]


def _read(channel: Channel, platform: Platform) -> dict[str, bytes]:
    assert channel.folder is not None
    subdirs = [channel.folder / name for name in (platform.subdir, NOARCH)]
    found = sorted(path for subdir in subdirs for path in subdir.glob("repodata*"))
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in found}


def _less(path: str, text: bytes, names: Set[str]) -> bytes:
    """An index without the packages called `names`; nothing if it has no others."""
    if not path.endswith("/repodata.json"):
        return text
    try:
        index = json.loads(text)
        kinds = ("packages", "packages.conda")
        for kind in kinds:
            rows = index.get(kind, {}).items()
            index[kind] = {file: row for file, row in rows if row["name"] not in names}
    except (ValueError, LookupError, TypeError, AttributeError):
        return text
    return json.dumps(index).encode() if any(index[kind] for kind in kinds) else b""


def _machine() -> list[str]:
    """What the virtual packages are made of."""
    overrides = sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith("CONDA_OVERRIDE_"))
    driver = Path("/proc/driver/nvidia/version")
    system = os.uname()
    kernel = [system.sysname, system.release, system.machine]
    return [*kernel, os.confstr("CS_GNU_LIBC_VERSION") or "", str(driver.exists()), *overrides]
