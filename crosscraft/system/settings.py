"""The settings of set-up, one file per environment that has crosscraft."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from crosscraft.system import files

__all__ = ["DEFAULT_CHANNEL", "channel", "record_channel"]

DEFAULT_CHANNEL = "local"
"""The channel if none was recorded. The stored notebook outputs belong to this channel."""


def channel() -> str:
    """Return the recorded channel as a name, URL or path, or ``local`` if none was recorded."""
    try:
        recorded = json.loads(_path().read_text(encoding="utf-8"))
        return str(recorded["channel"])
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT_CHANNEL


def record_channel(name: str) -> None:
    """Record `name` as the default channel."""
    # Readable by the owner only, because a channel's URL may contain a token.
    files.write(_path(), json.dumps({"channel": name}, indent=2) + "\n", mode=0o600)


def _path() -> Path:
    return Path(sys.prefix) / "share" / "crosscraft" / "settings.json"
