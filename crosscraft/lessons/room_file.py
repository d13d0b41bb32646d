"""The file that a learner's work writes into the room: what is in it, and how it is read.

It is a copy of the record without checksums and without the learner's own texts. Others write into
the same folder, so a file is read within bounds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from crosscraft.lessons import record
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.record import Entry
from crosscraft.redact import scrub

__all__ = ["LARGEST", "LONGEST_NAME", "Learner", "as_time", "of_text", "to_text"]

LARGEST = 100_000
"""Bytes of the largest file that is read. A learner with every exercise has a third of it."""
LONGEST_NAME = 40
"""Characters of the longest name."""

_LONGEST = 250
"""Characters of the longest text in a file, which is a verdict."""
_MOST_TRIES = 9999
_TIME = "%Y-%m-%dT%H:%MZ"

_QUOTED = re.compile(r"""`[^`]*`|"[^"]*"|“[^”]*”|(?<!\w)'[^']*'(?!\w)""")
"""A quotation. The learner's own words are always quoted. An apostrophe in a word is no quote."""


@dataclass(frozen=True, slots=True)
class Learner:
    """One learner in the room."""

    name: str
    """The name that the learner has chosen for the room."""
    entries: Mapping[str, Entry]
    """The entries of the record by exercise, with times in UTC."""


def to_text(name: str, entries: Mapping[str, Entry]) -> str:
    """Return the text of the file of the learner `name`."""
    known = judge.all_exercises()
    shared = {one: asdict(_shared(entry)) for one, entry in entries.items() if one in known}
    for facts in shared.values():
        del facts["accepted"]
    return json.dumps({"learner": name, "exercises": shared}, indent=2) + "\n"


def of_text(data: bytes) -> Learner:
    """Return the learner of a file's contents.

    :raises ValueError: if it isn't a file of a learner.
    """
    try:
        stored = json.loads(data)
        name, exercises = stored["learner"], stored["exercises"]
        entries = {exercise: _checked(record.as_entry(f)) for exercise, f in exercises.items()}
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it has another form: {error}") from None
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise ValueError("its name is no name")
    return Learner(name, entries)


def as_time(text: str) -> datetime | None:
    """Return a time of a file, or None if the text is empty.

    :raises ValueError: if the text has another form.
    """
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC) if text else None


def _shared(entry: Entry) -> Entry:
    """Return an entry without private facts, with times in UTC."""
    return replace(
        entry,
        tries=min(entry.tries, _MOST_TRIES),
        first_tried=_in_utc(entry.first_tried),
        last_tried=_in_utc(entry.last_tried),
        passed=_in_utc(entry.passed),
        last=_without_quotations(entry.last),
        wrong=tuple(map(_without_quotations, entry.wrong)),
    )


def _in_utc(local: str) -> str:
    try:
        return datetime.fromisoformat(local).astimezone(UTC).strftime(_TIME)
    except ValueError:  # empty, or of an older version
        return ""


def _without_quotations(verdict: str) -> str:
    """Return a verdict without quotations from the learner's work, and without private names.

    A quotation that is a part of our own sources, such as the name of a function in the exercise,
    stays, because it says nothing of the learner.
    """
    ours = _sources()
    text = _QUOTED.sub(lambda quote: quote[0] if quote[0][1:-1] in ours else "…", verdict)
    text = scrub(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


@cache
def _sources() -> str:
    """Return the sources of the lessons as one text."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return "\0".join(file.read_text(encoding="utf-8") for file in files)


def _checked(entry: Entry) -> Entry:
    """Return an entry if its facts are within bounds.

    :raises ValueError: if not.
    """
    for time in (entry.first_tried, entry.last_tried, entry.passed):
        as_time(time)
    longest = max(map(len, (entry.last, *entry.wrong)))
    if not (0 <= entry.tries <= _MOST_TRIES and 0 <= entry.helped <= 3 and longest <= _LONGEST):
        raise ValueError("a fact is out of bounds")
    return entry
