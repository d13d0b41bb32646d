"""Lesson 02: what an aarch64 Python does with honest and lying names."""

from __future__ import annotations

from collections.abc import Mapping

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_RIGHT = {"a": "not found", "b": "not loaded", "c": "works"}
_WHY = {
    ("a", "works"): "(a): the code would run, but Python goes by the name first, and this suffix "
    "is not one of its own. The target's Python met such a file in this lesson.",
    ("a", "not loaded"): "(a): to refuse a file, Python must try it. Is this suffix one that an "
    "aarch64 Python tries?",
    ("b", "works"): "(b): the name is right, and the code is for another processor. That is the "
    "lie of this lesson the other way round: who met it here?",
    ("b", "not found"): "(b): the name is the very one that an aarch64 Python tries first, so the "
    "file is found. What happens then?",
    ("c", "not found"): "(c): plain `.so` is the last in the list of suffixes of lesson 01, so "
    "the file is found.",
    ("c", "not loaded"): "(c): nothing is wrong in the file: its code is for this processor.",
}


def check(answer: object) -> Verdict:
    """Accept a mapping of all three letters to the right outcomes."""
    if not isinstance(answer, Mapping):
        return not_yet('The answer is a dictionary: `{"a": "…", "b": "…", "c": "…"}`.')
    given = {str(k).lower(): " ".join(str(v).lower().split()) for k, v in answer.items()}
    missing = sorted(_RIGHT.keys() - given.keys())
    if missing:
        return not_yet(f"{missing[0]!r} is not in your answer yet.")
    for letter, outcome in _RIGHT.items():
        if given[letter] not in _RIGHT.values():
            words = '"works", "not found" or "not loaded"'
            return not_yet(f"({letter}) is {words}, not {given[letter][:40]!r}.")
        if given[letter] != outcome:
            return not_yet(_WHY[letter, given[letter]])
    return passed("First the name decides whether a file is tried, then the code whether it loads.")


EXERCISE = Exercise(
    name="who-imports",
    lesson=2,
    title="who can import a file that lies",
    hints=(
        "Two questions for each: is the name one that this Python tries, and is the code its own?",
        "If the name is not tried, nobody looks at the code.",
        "For (c), look at the list of suffixes in lesson 01.",
    ),
    solution='{"a": "not found", "b": "not loaded", "c": "works"}',
    check=check,
    right=(
        {"c": "Works", "b": "Not loaded", "a": "not  found"},
        {"A": "not found", "B": "not loaded", "C": "works"},
    ),
    wrong=(
        ({"a": "works", "b": "not loaded", "c": "works"}, "goes by the name"),
        ({"a": "not loaded", "b": "not found", "c": "works"}, "must try it"),
        ({"a": "not found", "b": "works", "c": "works"}, "other way round"),
        ({"a": "not found", "b": "not found", "c": "works"}, "tries first"),
        ({"a": "not found", "b": "not loaded", "c": "not found"}, "list of suffixes"),
        ({"a": "not found", "b": "not loaded", "c": "not loaded"}, "nothing is wrong"),
        ({"a": "not found"}, "not in your answer"),
        ({"a": "fails", "b": "fails", "c": "works"}, "not 'fails'"),
        ("c", "dictionary"),
    ),
)
