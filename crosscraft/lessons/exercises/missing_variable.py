"""Lesson 04: find the missing environment variable, by what CMake says without it."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from crosscraft.lessons.evidence.cmake import Configured, Situation
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import cmake_file, predict
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong

_DOLLARS = re.compile(r"\$?(?:ENV)?\{|[$}]")
"""What stands around the name of a variable in a shell and in CMake."""
_VARIABLES = ("PREFIX", "PY_VER", "SP_DIR", "CMAKE_ARGS")


@dataclass(frozen=True, slots=True)
class _Symptom:
    """What one of the three people has seen."""

    branch: str
    """The branch that was taken."""
    message: str
    """The message, as a regular expression."""
    why: str
    """What to look at, if another variable was named."""


_SYMPTOMS = {
    "a": _Symptom(
        "cross",
        r'provided by "nanobind"',
        "In a, CMake took the cross branch and Python's headers were found. nanobind wasn't, so "
        "look at the line that sets `nanobind_ROOT`.",
    ),
    "b": _Symptom(
        "error",
        r"Cross-compiling needs the target's Python",
        "In b, CMake cross-compiles, and still the first `if` is false. Look at the other half of "
        "its condition.",
    ),
    "c": _Symptom(
        "native",
        r"No module named nanobind",
        "In c, CMake took the native branch, because `CMAKE_CROSSCOMPILING` was false. Look at "
        "which variable has the option that makes it true.",
    ),
}


def check(work: Work) -> Verdict:
    """Configure the finished file without each variable, and compare what CMake says."""
    given = predict.read(_without_dollars(work.answer), list(_SYMPTOMS), _VARIABLES)
    for key, symptom in _SYMPTOMS.items():
        made = cmake_file.finished(work, Situation.CROSS, given[key])
        taken, _ = cmake_file.branch(made)
        work.see(f"{key}: without ${given[key]}, CMake takes the branch {taken!r}: {_said(made)}")
        seen = re.search(symptom.message, "\n".join(made.lines))
        if taken != symptom.branch or not seen:
            raise NotYet(symptom.why)
    return passed(
        "The fourth variable is less dramatic. Without `PY_VER`, CMake warns and goes on with "
        "whatever Python it finds in `$PREFIX`."
    )


def _without_dollars(answer: object) -> object:
    if not isinstance(answer, dict):
        return answer
    return {
        key: _DOLLARS.sub("", word) if isinstance(word, str) else word
        for key, word in answer.items()
    }


def _said(made: Configured) -> str:
    """Return the message of one of the symptoms, or else CMake's first complaint."""
    texts = (*made.errors, *made.lines)
    patterns = [symptom.message for symptom in _SYMPTOMS.values()]
    patterns += ["CMake Error", "Ignoring EXACT"]
    for pattern in patterns:
        for text in texts:
            if re.search(pattern, text):
                return textwrap.shorten(text, 160, placeholder=" …")
    return "no complaint"


EXERCISE = Exercise(
    name="missing-variable",
    lesson=4,
    minutes=4,
    title="name the variable that was missing",
    kind=Kind.PREDICT,
    hint=(
        "First find out which branch each of the three took. Then look at which variables that "
        "branch, or its condition, reads."
    ),
    part=(
        "a took the cross branch, and the folder in `nanobind_ROOT` is wrong. b took the `elseif`, "
        "and c took the `else`."
    ),
    solution='{"a": "SP_DIR", "b": "PREFIX", "c": "CMAKE_ARGS"}',
    check=check,
    right=(
        {"a": "$SP_DIR", "b": "$PREFIX", "c": "${CMAKE_ARGS}"},
        {"a": "$ENV{SP_DIR}", "b": "ENV{PREFIX}", "c": "ENV{CMAKE_ARGS}"},
        {"C": "CMAKE_ARGS", "b": "prefix", "a": "sp_dir"},
    ),
    wrong=(
        Wrong({"a": "PREFIX", "b": "PREFIX", "c": "CMAKE_ARGS"}, "headers were found"),
        Wrong(
            {"a": "PY_VER", "b": "PREFIX", "c": "CMAKE_ARGS"},
            "headers were found",
            looks_right=True,
        ),
        Wrong({"a": "SP_DIR", "b": "CMAKE_ARGS", "c": "CMAKE_ARGS"}, "other half"),
        Wrong({"a": "SP_DIR", "b": "PREFIX", "c": "PREFIX"}, "option that makes it true"),
        Wrong({"a": "nanobind_ROOT", "b": "PREFIX", "c": "CMAKE_ARGS"}, "'nanobind_ROOT' is none"),
        Wrong({"a": "SP_DIR"}, "not in your answer"),
        Wrong(["SP_DIR", "PREFIX", "CMAKE_ARGS"], "dictionary"),
    ),
)
