"""Lesson 02: what the name says and what the code is, if they come from different processors."""

from __future__ import annotations

from collections.abc import Mapping

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_SPELLINGS = {
    "x86_64": "x86_64",
    "x86-64": "x86_64",
    "linux-64": "x86_64",
    "em_x86_64": "x86_64",
    "x86_64-linux-gnu": "x86_64",
    "ppc64le": "ppc64le",
    "linux-ppc64le": "ppc64le",
    "powerpc64le": "ppc64le",
    "powerpc64le-linux-gnu": "ppc64le",
    "em_ppc64": "ppc64le",
}


def check(answer: object) -> Verdict:
    """Accept the build machine's processor for the name, and the target's for the code."""
    if not isinstance(answer, Mapping):
        return not_yet('The answer is a dictionary: `{"name": "…", "code": "…"}`.')
    words = {str(k).lower(): str(v).strip().lower() for k, v in answer.items()}
    problem = _spelling_problem(words)
    if problem:
        return not_yet(problem)
    if _SPELLINGS[words["code"]] != "ppc64le":
        return not_yet(
            "The code is the compiler's work, and it is the right compiler. Look at what "
            "`facts.machine` said in the lesson."
        )
    if _SPELLINGS[words["name"]] != "x86_64":
        return not_yet(
            "That would be an honest name. Who gave the suffix in the lesson, and on which "
            "processor does that program run?"
        )
    return passed("The name follows the Interpreter, and the code follows the compiler.")


def _spelling_problem(words: Mapping[str, str]) -> str | None:
    for key in ("name", "code"):
        if key not in words:
            return f"{key!r} is not in your answer yet."
        if words[key] == "aarch64":
            return "aarch64 was the target in the lesson. In this build it is `ppc64le`."
        if words[key] not in _SPELLINGS:
            return f"{words[key][:40]!r} is not a processor of this build, which involves two."
    return None


EXERCISE = Exercise(
    name="predict-lie",
    lesson=2,
    title="what the name says and what the code is",
    hints=(
        "Name and code come from two different programs. Which two?",
        "The suffix comes from the Interpreter; the code comes from the compiler.",
        "The Interpreter had to be one that runs on the build machine.",
    ),
    solution='{"name": "x86_64", "code": "ppc64le"}',
    check=check,
    right=(
        {"code": "PPC64LE", "name": "x86-64"},
        {"name": "x86_64-linux-gnu", "code": "linux-ppc64le"},
    ),
    wrong=(
        ({"name": "ppc64le", "code": "ppc64le"}, "honest name"),
        ({"name": "x86_64", "code": "x86_64"}, "compiler's work"),
        ({"name": "ppc64le", "code": "x86_64"}, "compiler's work"),
        ({"name": "x86_64", "code": "aarch64"}, "aarch64 was the target"),
        ({"name": "x86_64"}, "not in your answer"),
        ({"name": "x86_64", "code": "arm"}, "not a processor of this build"),
        (("x86_64", "ppc64le"), "dictionary"),
    ),
)
