"""Predict, then do: the check does what was predicted, and compares."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Check

__all__ = ["Case", "check", "read"]

_LONGEST = 200
"""Characters of the longest word that is read."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is predicted, and then done."""

    key: str
    """Its letter in the question."""
    do: Callable[[Work], str]
    """Does it, and returns what happened in one of the words of the answer."""
    why: str
    """What to look at, for a learner whose prediction is wrong."""
    whys: Mapping[str, str] | None = None
    """The same for particular wrong predictions."""


def check(cases: Sequence[Case], words: Sequence[str], right: str) -> Check:
    """Return a check for an answer such as ``{"a": "loads", "b": "fails"}``.

    :param words: the words of which each prediction is one.
    :param right: the message if all predictions are right.
    """

    def compare(work: Work) -> Verdict:
        given = read(work.answer, [case.key for case in cases], words)
        for case in cases:
            work.step(f"doing {case.key}")
            happened = case.do(work)
            work.see(f"{case.key}: you said {given[case.key]}, and it was: {happened}")
            if given[case.key] != happened:
                raise NotYet((case.whys or {}).get(given[case.key], case.why))
        return passed(right)

    return compare


def read(answer: object, keys: Sequence[str], words: Sequence[str]) -> dict[str, str]:
    """Return the word that was answered for each key, spelled as in `words`.

    :raises NotYet: if one is missing, or is none of the words.
    """
    form = ", ".join(f'"{key}": "…"' for key in keys)
    if not isinstance(answer, Mapping):
        raise NotYet(f"The answer is a dictionary: `{{{form}}}`.")
    given = {_plain(key): value for key, value in answer.items()}
    known = {_plain(word): word for word in words}
    found = {}
    for key in keys:
        answered = given.get(_plain(key), ...)
        if answered is ...:
            raise NotYet(f"{key!r} is not in your answer yet.")
        word = _plain(answered)
        if word not in known:
            listed = ", ".join(f'"{one}"' for one in words)
            raise NotYet(
                f"The answer for {key!r} is one of {listed}, and {str(answered)[:40]!r} is none "
                "of them."
            )
        found[key] = known[word]
    return found


def _plain(word: object) -> str:
    """Return a word or key without the differences that don't matter."""
    return re.sub(r"[\s_-]+", " ", str(word)[:_LONGEST].lower()).strip(" .,:!()`'\"")
