"""The learner's record of the exercises, in the workspace: tried, passed and helped.

It's a JSON file that the learner can read and delete. It outlives the kernel.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from crosscraft.lessons import workspace
from crosscraft.lessons.evidence.verdict import Result, Verdict
from crosscraft.system import files, locks, storage_errors

__all__ = ["Entry", "as_entry", "entries", "has_passed", "helped", "path", "record"]

_MOST_WRONG = 5
"""Different wrong verdicts that are kept for an exercise."""


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
    wrong: tuple[str, ...] = ()
    """The first few different verdicts on wrong answers."""


def path() -> Path:
    """Return the path of the record."""
    return workspace.root() / "progress.json"


def entries() -> dict[str, Entry]:
    """Return the entry of each exercise that was tried or helped, by its name.

    A damaged file is renamed, with a message, so that its contents are not lost.

    :raises StorageError: if the file cannot be read.
    """
    file = path()
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        return {str(name): as_entry(facts) for name, facts in _exercises(stored).items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise storage_errors.explain(error, str(file)) or error from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        damaged = file.with_name(f"progress-damaged-{time.strftime('%Y-%m-%d-%H%M%S')}.json")
        with contextlib.suppress(FileNotFoundError):  # another process has renamed it
            os.replace(file, damaged)
            print(f"The record of your progress could not be read. It's kept as {damaged.name}.")
        return {}


def record(name: str, answer: object, verdict: Verdict) -> None:
    """Record the verdict on an answer to the exercise `name`."""
    if verdict.result is Result.NOT_ATTEMPTED:
        return
    now = time.strftime("%Y-%m-%dT%H:%M")
    right = verdict.result is Result.PASSED
    with locks.lock(str(path())):
        known = entries()
        old = known.get(name, Entry())
        wrong = () if right or verdict.sentence in old.wrong else (verdict.sentence,)
        known[name] = replace(
            old,
            tries=old.tries + 1,
            first_tried=old.first_tried or now,
            last_tried=now,
            passed=old.passed or (now if right else ""),
            last=verdict.sentence,
            accepted=_checksum(answer) if right else old.accepted,
            wrong=(*old.wrong, *wrong)[:_MOST_WRONG],
        )
        _write(known)


def helped(name: str, step: int) -> None:
    """Record that a step of help was shown."""
    with locks.lock(str(path())):
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


def as_entry(facts: Mapping[str, Any]) -> Entry:
    """Return the entry that was stored as `facts`. Facts of other versions are left out.

    :raises TypeError: if a fact has the wrong type.
    :raises AttributeError: if `facts` is no mapping.
    """
    names = {field.name for field in fields(Entry)}
    entry = Entry(**{name: _fact(value) for name, value in facts.items() if name in names})
    for field in fields(Entry):
        if type(getattr(entry, field.name)) is not type(field.default):
            raise TypeError(field.name)
    return entry


def _fact(value: object) -> Any:
    """Return a stored value, with a list of texts as a tuple."""
    is_texts = isinstance(value, list) and all(isinstance(text, str) for text in value)
    return tuple(value) if is_texts else value  # type: ignore[arg-type]


def _write(known: dict[str, Entry]) -> None:
    text = json.dumps({"exercises": {n: asdict(e) for n, e in known.items()}}, indent=2)
    files.write(path(), f"{text}\n")


def _checksum(answer: object) -> str:
    return files.sha256(answer) if isinstance(answer, Path) and answer.is_file() else ""
