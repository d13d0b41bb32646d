"""Record the passed exercises in the workspace, so that the record outlives the kernel."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from crosscraft.lessons import workspace
from crosscraft.system import files, locks, storage_errors

__all__ = ["passed", "record"]


def passed() -> dict[str, str]:
    """Return the date on which each exercise was first passed, by its name.

    A damaged file is renamed, with a message, so that its contents are not lost.
    """
    path = _path()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): str(day) for name, day in stored["passed"].items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise storage_errors.explain(error, str(path)) or error from None
    except (ValueError, KeyError, TypeError, AttributeError):
        damaged = path.with_name(f"progress-damaged-{time.strftime('%Y-%m-%d-%H%M%S')}.json")
        os.replace(path, damaged)
        print(f"The record of your progress could not be read. It is kept as {damaged.name}.")
        return {}


def record(name: str) -> None:
    """Record that the exercise `name` is passed."""
    with locks.lock(str(_path())):
        known = passed()
        known.setdefault(name, time.strftime("%Y-%m-%d"))
        files.write(_path(), json.dumps({"passed": known}, indent=2, sort_keys=True) + "\n")


def _path() -> Path:
    return workspace.root() / "progress.json"
