"""Which environment a solve came to, kept for the next one that would be asked the same.

That is known where all channels are folders of this machine: a solver goes by the request, the
indexes, and what the machine provides. A channel elsewhere may have changed, and is asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from crosscraft import storage
from crosscraft.channel.choice import Channel
from crosscraft.platforms import NOARCH, Platform

__all__ = ["keep", "look_up", "place"]

_KEEP = 200
"""Answers in the cache, the latest written."""


def place(
    specs: Sequence[str], platform: Platform, channels: Sequence[Channel], glibc: str | None
) -> Path | None:
    """Return where the answer to this request lies, or None if it cannot be known."""
    if any(channel.folder is None for channel in channels):
        return None
    asked = {
        "specs": list(specs),
        "platform": platform.subdir,
        "glibc": glibc,
        "machine": _machine(),
        "channels": [(one.url, _indexes(one, platform)) for one in channels],
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


def _indexes(channel: Channel, platform: Platform) -> list[tuple[str, str]]:
    """The checksums of the channel's indexes, in whatever forms it has them."""
    assert channel.folder is not None
    subdirs = [channel.folder / name for name in (platform.subdir, NOARCH)]
    found = sorted(path for subdir in subdirs for path in subdir.glob("repodata*"))
    return [(f"{path.parent.name}/{path.name}", storage.sha256(path)) for path in found]


def _machine() -> list[str]:
    """What the virtual packages are made of."""
    overrides = sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith("CONDA_OVERRIDE_"))
    driver = Path("/proc/driver/nvidia/version")
    system = os.uname()
    kernel = [system.sysname, system.release, system.machine]
    return [*kernel, os.confstr("CS_GNU_LIBC_VERSION") or "", str(driver.exists()), *overrides]
