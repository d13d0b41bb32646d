"""Lesson 03: use CMake's message to find the missing environment variable."""

from __future__ import annotations

from collections.abc import Mapping

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_RIGHT = {"a": "SP_DIR", "b": "PREFIX", "c": "CMAKE_ARGS"}
_KNOWN = frozenset(("PREFIX", "PY_VER", "SP_DIR", "CMAKE_ARGS"))
_WHY = {
    "a": "In a, the cross branch was taken and Python's headers were found. What was not found is "
    "nanobind: look at the line that sets `nanobind_ROOT`.",
    "b": "In b, CMake cross-compiles, and still the first `if` is false. Look at the other half "
    "of its condition.",
    "c": "In c, the native branch was taken: CMake did not know that it cross-compiles. "
    "Look at which variable tells it.",
}


def check(answer: object) -> Verdict:
    """Accept a mapping of all three cases to the right variables."""
    if not isinstance(answer, Mapping):
        return not_yet('The answer is a dictionary: `{"a": "…", "b": "…", "c": "…"}`.')
    given = {str(k).strip().lower(): str(v).strip(" ${}").upper() for k, v in answer.items()}
    missing = sorted(_RIGHT.keys() - given.keys())
    if missing:
        return not_yet(f"{missing[0]!r} is not in your answer yet.")
    for case, variable in _RIGHT.items():
        if given[case] not in _KNOWN:
            return not_yet(
                f"{given[case]!r} is none of the four environment variables of the question."
            )
        if given[case] != variable:
            return not_yet(_WHY[case])
    return passed(
        "Without `PY_VER`, by the way, CMake warns and goes on with whatever Python it finds "
        "in `$PREFIX`."
    )


EXERCISE = Exercise(
    name="missing-variable",
    lesson=3,
    title="name the variable that was missing",
    hints=(
        "First find out which branch each of the three was in.",
        "Then look at which variables that branch, or its condition, reads.",
        "a is in the cross branch and lacks what `nanobind_ROOT` is made of; b is in the "
        "`elseif`; c is in the `else`.",
    ),
    solution='{"a": "SP_DIR", "b": "PREFIX", "c": "CMAKE_ARGS"}',
    check=check,
    right=(
        {"a": "$SP_DIR", "b": "$PREFIX", "c": "$CMAKE_ARGS"},
        {"c": "CMAKE_ARGS", "b": "prefix", "a": "sp_dir"},
    ),
    wrong=(
        ({"a": "PREFIX", "b": "PREFIX", "c": "CMAKE_ARGS"}, "headers were found"),
        ({"a": "SP_DIR", "b": "CMAKE_ARGS", "c": "CMAKE_ARGS"}, "other half"),
        ({"a": "SP_DIR", "b": "PREFIX", "c": "PREFIX"}, "did not know"),
        ({"a": "nanobind_ROOT", "b": "PREFIX", "c": "CMAKE_ARGS"}, "none of the four"),
        ({"a": "SP_DIR"}, "not in your answer"),
        (["SP_DIR", "PREFIX", "CMAKE_ARGS"], "dictionary"),
    ),
)
