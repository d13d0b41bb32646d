"""What a solve came to, kept for the next one that would be asked the same: the name of an
environment, or the packages of one that a build will need.

That is known where all channels are folders of this machine: a solver goes by the request, the
indexes, and what the machine provides. A channel elsewhere may have changed, and is asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Sequence, Set
from dataclasses import asdict
from pathlib import Path

from crosscraft.channel.select import Channel
from crosscraft.environments.store import Wanted
from crosscraft.errors import StorageError
from crosscraft.platforms import NOARCH, Platform
from crosscraft.system import distributions, files
from crosscraft.system.regular_file import open_regular

__all__ = ["keep", "keep_packages", "look_up", "look_up_packages", "place"]

_KEEP = 200
"""Answers in the cache, the latest written."""
_LARGEST = 4 * 2**20
"""Bytes of an index that is looked through for the names of packages. What a larger one comes to
is solved for each time."""
_KINDS = ("packages", "packages.conda")
_OTHERS = frozenset(("info", "removed", "repodata_version"))
"""What else an index may have without having a package."""


class _Unknown(Exception):
    """Nobody can say what a solver would go by."""


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
    try:
        asked = {
            "kind": kind,
            "specs": list(specs),
            "platform": platform.subdir,
            "glibc": glibc,
            "machine": _machine(),
            "solvers": [one for one in distributions.installed() if one.startswith("py_rattler")],
            "channels": _indexes(specs, platform, channels, without),
        }
        folder = files.cache("solved")
    except (OSError, StorageError, _Unknown):
        return None
    name = hashlib.sha256(json.dumps(asked).encode(errors="surrogateescape")).hexdigest()[:32]
    return folder / name


def look_up(place: Path | None) -> str | None:
    """Return the name of the environment that is kept at `place`, if any is."""
    try:
        said = place.read_text(encoding="ascii") if place else ""
    except (OSError, ValueError):
        return None
    return said if re.fullmatch("[0-9a-f]+", said) else None


def keep(place: Path | None, answer: str) -> None:
    """Keep the name of an environment as the answer at `place`, if that can be written."""
    if place is None:
        return
    with contextlib.suppress(OSError, StorageError):
        files.write(place, answer)
        for old in files.beyond(_KEEP, place.parent.iterdir()):
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
) -> list[tuple[str, dict[str, str]]]:
    """The checksums of the channels' indexes, in whatever forms they have them."""
    whole = [(one.url, _files(one, platform)) for one in channels]
    sums = [(url, {name: files.sha256(path) for name, path in of}) for url, of in whole]
    if not without:
        return sums
    texts = [(url, {name: _less(path, without) for name, path in of}) for url, of in whole]
    words = [*map(str.encode, specs), *(text for _, of in texts for text in of.values())]
    if any(name.encode() in text for name in without for text in words):
        return sums
    return [
        (url, {name: hashlib.sha256(text).hexdigest() for name, text in of.items()})
        for url, of in texts
        if any(of.values())  # a channel that has nothing is as good as none
    ]


def _files(channel: Channel, platform: Platform) -> list[tuple[str, Path]]:
    if channel.folder is None:
        raise _Unknown
    subdirs = [channel.folder / name for name in (platform.subdir, NOARCH)]
    found = sorted(path for subdir in subdirs for path in subdir.glob("repodata*"))
    return [(f"{path.parent.name}/{path.name}", path) for path in found]


def _less(path: Path, names: Set[str]) -> bytes:
    """An index without the packages called `names`; nothing if it has no others."""
    with open_regular(path) as file:
        text = file.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise _Unknown
    if path.name != "repodata.json" or not any(name.encode() in text for name in names):
        return text
    try:
        index = json.loads(text)
        for kind in _KINDS:
            rows = index.get(kind, {}).items()
            index[kind] = {file: row for file, row in rows if row["name"] not in names}
        if set(index) <= _OTHERS.union(_KINDS) and not any(index[kind] for kind in _KINDS):
            return b""
        return json.dumps(index).encode()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return text


def _machine() -> list[str]:
    """What the virtual packages are made of."""
    overrides = sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith("CONDA_OVERRIDE_"))
    driver = Path("/proc/driver/nvidia/version")
    system = os.uname()
    kernel = [system.sysname, system.release, system.machine]
    return [*kernel, os.confstr("CS_GNU_LIBC_VERSION") or "", str(driver.exists()), *overrides]
