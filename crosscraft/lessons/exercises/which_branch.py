"""Lesson 03: which branch of the CMakeLists.txt each situation takes."""

from __future__ import annotations

from collections.abc import Mapping

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_RIGHT = {"a": "cross", "b": "native", "c": "error", "d": "native"}
_BRANCHES = ("cross", "error", "native")
_WHY = {
    "a": "In a, both halves of the first `if` are true: `$CMAKE_ARGS` names the target's system, "
    "and rattler-build sets `PREFIX`.",
    "b": "In b, `PREFIX` is set, and that is only half of the first `if`. Look at what makes "
    "`CMAKE_CROSSCOMPILING` true: does this compiler's activation script do it?",
    "c": "In c, CMake cross-compiles, and nobody has set `PREFIX`. Go through the conditions "
    "from the top.",
    "d": "In d, CMake is not told about the other system: the compiler's name tells it nothing. "
    "Look at where `CMAKE_SYSTEM_NAME` comes from.",
}


def check(answer: object) -> Verdict:
    """Accept a mapping of all four situations to the right branches."""
    if not isinstance(answer, Mapping):
        return not_yet('The answer is a dictionary: `{"a": "…", "b": "…", "c": "…", "d": "…"}`.')
    given = {str(k).strip().lower(): str(v).strip().lower() for k, v in answer.items()}
    missing = sorted(_RIGHT.keys() - given.keys())
    if missing:
        return not_yet(f"{missing[0]!r} is not in your answer yet.")
    for case, branch in _RIGHT.items():
        if given[case] not in _BRANCHES:
            return not_yet(f'{case!r} takes "cross", "error" or "native", not {given[case]!r}.')
        if given[case] != branch:
            return not_yet(_WHY[case])
    return passed(
        "`$CMAKE_ARGS` decides whether CMake cross-compiles, and `$PREFIX` whether it can. "
        "In d the native branch is taken with the wrong compiler, and CMake does not object."
    )


EXERCISE = Exercise(
    name="which-branch",
    lesson=3,
    title="which branch is taken",
    hints=(
        "Go through the `if`, the `elseif` and the `else` for each case, and stop at the first "
        "that is true.",
        "Two facts decide: was CMake given `CMAKE_SYSTEM_NAME`, and is `PREFIX` set?",
        "Only `$CMAKE_ARGS` gives `CMAKE_SYSTEM_NAME`, and only the cross compiler's does.",
    ),
    solution='{"a": "cross", "b": "native", "c": "error", "d": "native"}',
    check=check,
    right=(
        {"d": "Native", "c": "ERROR", "b": "native", "a": "cross"},
        {"A": "cross", "B": "native", "C": "error", "D": "native"},
    ),
    wrong=(
        ({"a": "native", "b": "native", "c": "error", "d": "native"}, "both halves"),
        ({"a": "cross", "b": "cross", "c": "error", "d": "native"}, "only half"),
        ({"a": "cross", "b": "native", "c": "cross", "d": "native"}, "nobody has set"),
        ({"a": "cross", "b": "native", "c": "error", "d": "error"}, "tells it nothing"),
        ({"a": "cross", "b": "native", "c": "fatal", "d": "native"}, "not 'fatal'"),
        ({"a": "cross"}, "not in your answer"),
        (["cross", "native", "error", "native"], "dictionary"),
    ),
)
