"""The learner's record of the exercises, in the workspace: tried, passed and helped.

It's a JSON file that the learner can read and delete. It outlives the kernel.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from crosscraft.lessons import workspace
from crosscraft.lessons.evidence.verdict import Result, Verdict
from crosscraft.system import files, locks, storage_errors

__all__ = ["FILE", "Entry", "entries", "has_passed", "helped", "record"]

FILE = "progress.json"
"""The name of the record in the workspace."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is recorded of one exercise. Times are local, such as ``2026-11-30T09:15``."""

    tries: int = 0
    """How often an answer was checked. The placeholder doesn't count."""
    first_tried: str = ""
    """When the first answer was checked."""
    last_tried: str = ""
    """When the last answer was checked."""
    passed: str = ""
    """When an answer was right for the first time, or empty."""
    helped: int = 0
    """The steps of help that were shown: 1 is the hint, 2 a part of the solution, 3 all of it."""
    last: str = ""
    """The last verdict, without its evidence."""
    accepted: str = ""
    """The SHA-256 of the file that was right the last time, or empty."""


def entries() -> dict[str, Entry]:
    """Return the entry of each exercise that was tried or helped, by its name.

    A damaged file is renamed, with a message, so that its contents are not lost.
    """
    path = _path()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): _entry(facts) for name, facts in _exercises(stored).items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise storage_errors.explain(error, str(path)) or error from None
    except (ValueError, KeyError, TypeError, AttributeError):
        damaged = path.with_name(f"progress-damaged-{time.strftime('%Y-%m-%d-%H%M%S')}.json")
        os.replace(path, damaged)
        print(f"The record of your progress could not be read. It is kept as {damaged.name}.")
        return {}


def record(name: str, answer: object, verdict: Verdict) -> None:
    """Record the verdict on an answer to the exercise `name`."""
    if verdict.result is Result.NOT_ATTEMPTED:
        return
    now = time.strftime("%Y-%m-%dT%H:%M")
    right = verdict.result is Result.PASSED
    with locks.lock(str(_path())):
        known = entries()
        old = known.get(name, Entry())
        known[name] = replace(
            old,
            tries=old.tries + 1,
            first_tried=old.first_tried or now,
            last_tried=now,
            passed=old.passed or (now if right else ""),
            last=verdict.sentence,
            accepted=_checksum(answer) if right else old.accepted,
        )
        _write(known)


def helped(name: str, step: int) -> None:
    """Record that a step of help was shown."""
    with locks.lock(str(_path())):
        known = entries()
        old = known.get(name, Entry())
        known[name] = replace(old, helped=max(old.helped, step))
        _write(known)


def has_passed(name: str, file: Path) -> bool:
    """Whether `file`, as it is now, was right when the exercise `name` was checked last."""
    accepted = entries().get(name, Entry()).accepted
    return bool(accepted) and accepted == _checksum(file)


def _exercises(stored: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the entries of a record. Older versions had only the dates of passing."""
    if "passed" in stored:
        return {name: {"passed": day} for name, day in stored["passed"].items()}
    return dict(stored["exercises"].items())


def _entry(facts: dict[str, Any]) -> Entry:
    """Return an entry. Facts of other versions are left out.

    :raises TypeError: if a fact has the wrong type.
    """
    entry = replace(Entry(), **{f.name: facts[f.name] for f in fields(Entry) if f.name in facts})
    for one in fields(Entry):
        if type(getattr(entry, one.name)) is not type(one.default):
            raise TypeError(one.name)
    return entry


def _write(known: dict[str, Entry]) -> None:
    text = json.dumps({"exercises": {n: asdict(e) for n, e in known.items()}}, indent=2)
    files.write(_path(), f"{text}\n")


def _checksum(answer: object) -> str:
    return files.sha256(answer) if isinstance(answer, Path) and answer.is_file() else ""


def _path() -> Path:
    return workspace.root() / FILE
