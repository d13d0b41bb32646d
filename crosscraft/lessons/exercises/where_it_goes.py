"""Lesson 06: which environment each requirement belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_RIGHT = {"cmake": "build", "nanobind": "host", "python": "host", "ninja": "build"}
_WHY = {
    "cmake": "CMake runs while the package is built, so it must be made for the build machine.",
    "ninja": "Ninja runs while the package is built, so it must be made for the build machine.",
    "nanobind": "nanobind is compiled *into* the extension: its sources are read from $PREFIX.",
    "python": "The extension is compiled against Python's headers, and those must be the target's.",
}


def check(answer: object) -> Verdict:
    """Accept a mapping of all four requirements to the right environments."""
    if not isinstance(answer, Mapping):
        return not_yet('The answer is a dictionary: `{"cmake": "…", "nanobind": "…", …}`.')
    given = {str(k).lower(): str(v).lower().strip("$") for k, v in answer.items()}
    missing = sorted(_RIGHT.keys() - given.keys())
    if missing:
        return not_yet(f"{missing[0]!r} is not in your answer yet.")
    for name, where in _RIGHT.items():
        if given[name] not in ("build", "host"):
            return not_yet(f'{name!r} goes into "build" or "host", not into {given[name]!r}.')
        if given[name] != where:
            return not_yet(_WHY[name])
    return passed("What runs goes into build. What is read or linked goes into host.")


EXERCISE = Exercise(
    name="where-it-goes",
    lesson=6,
    title="build or host",
    hints=(
        "Ask of each: is it run during the build, or is it read?",
        "What runs must be for this machine. What is read must be for the other.",
        "Two run: CMake and Ninja. Two are read.",
    ),
    solution='{"cmake": "build", "ninja": "build", "nanobind": "host", "python": "host"}',
    check=check,
    right=(
        {"python": "HOST", "nanobind": "host", "cmake": "Build", "ninja": "build"},
        {"cmake": "build", "ninja": "build", "nanobind": "host", "python": "host", "jq": "build"},
    ),
    wrong=(
        ({"cmake": "host", "ninja": "build", "nanobind": "host", "python": "host"}, "CMake runs"),
        ({"cmake": "build", "ninja": "build", "nanobind": "build", "python": "host"}, "compiled"),
        ({"cmake": "build", "ninja": "build", "nanobind": "host", "python": "build"}, "headers"),
        ({"cmake": "build"}, "not in your answer"),
        ({"cmake": "target", "ninja": "build", "nanobind": "host", "python": "host"}, "goes into"),
        (["build", "host"], "dictionary"),
    ),
)
