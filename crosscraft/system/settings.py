"""What set-up recorded. It belongs to the environment crosscraft is installed in."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from crosscraft.system import files

__all__ = ["DEFAULT_CHANNEL", "channel", "record_channel"]

DEFAULT_CHANNEL = "local"
"""What holds if nothing was recorded. The stored outputs of the notebooks belong to it."""


def channel() -> str:
    """Return the channel that set-up recorded, by name, URL or path; ``local`` if none was."""
    try:
        recorded = json.loads(_path().read_text(encoding="utf-8"))
        return str(recorded["channel"])
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT_CHANNEL


def record_channel(name: str) -> None:
    """Record `name` as the channel to use when none is given."""
    # For its owner's eyes: the URL of a channel may hold a token.
    files.write(_path(), json.dumps({"channel": name}, indent=2) + "\n", mode=0o600)


def _path() -> Path:
    return Path(sys.prefix) / "share" / "crosscraft" / "settings.json"
