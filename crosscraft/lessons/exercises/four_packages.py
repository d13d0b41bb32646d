"""Lesson 07: what happens to packages whose label, file name and contents disagree."""

from __future__ import annotations

from collections.abc import Mapping

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_RIGHT = {"A": "not loaded", "B": "not found", "C": "not installed", "D": "works"}
_OUTCOMES = sorted(_RIGHT.values())
_WHY = {
    "A": "A: conda goes by the label and Python by the file name, and both fit. The loader looks "
    "at the ELF header. Look at what the liar said when it was imported.",
    "B": "B: conda goes by the label, and that fits. Then Python looks for a file with its own "
    "SOABI. Look at the end of the file name.",
    "C": "C: conda looks at the label before anything else. Which subdirs does it take packages "
    "from on that machine?",
    "D": "D: label, file name and ELF header say the same, and it is this machine's processor.",
}


def check(answer: object) -> Verdict:
    """Accept a mapping of all four packages to the right outcomes."""
    if not isinstance(answer, Mapping):
        return not_yet('The answer is a dictionary: `{"A": "…", "B": "…", "C": "…", "D": "…"}`.')
    given = {str(k).strip().upper(): str(v).strip().lower() for k, v in answer.items()}
    missing = sorted(_RIGHT.keys() - given.keys())
    if missing:
        return not_yet(f"{missing[0]!r} is not in your answer yet.")
    for name, outcome in _RIGHT.items():
        if given[name] not in _OUTCOMES:
            return not_yet(f"{name}: the outcomes are {', '.join(_OUTCOMES)}.")
        if given[name] != outcome:
            return not_yet(_WHY[name])
    return passed("The label, the name and the header are read by three programs, in that order.")


EXERCISE = Exercise(
    name="four-packages",
    lesson=7,
    title="labels, names and contents that disagree",
    hints=(
        "Three programs look, one after the other: conda, Python, the loader. Who reads what?",
        "conda reads `subdir`; Python reads the file name; the loader reads the ELF header.",
        "One package fails at each of the three, and one passes all.",
    ),
    solution='{"A": "not loaded", "B": "not found", "C": "not installed", "D": "works"}',
    check=check,
    right=(
        {"d": "works", "c": "Not installed", "b": "not found", "a": "not loaded"},
        {"A": "not loaded ", "B": "NOT FOUND", "C": "not installed", "D": "works"},
    ),
    wrong=(
        ({"A": "works", "B": "not found", "C": "not installed", "D": "works"}, "A: conda goes"),
        ({"A": "not loaded", "B": "works", "C": "not installed", "D": "works"}, "own SOABI"),
        ({"A": "not loaded", "B": "not found", "C": "not loaded", "D": "works"}, "C: conda looks"),
        ({"A": "not loaded", "B": "not found", "C": "not installed"}, "not in your answer"),
        ({"A": "crashes", "B": "not found", "C": "not installed", "D": "works"}, "outcomes are"),
        (["not loaded", "not found", "not installed", "works"], "dictionary"),
    ),
)
