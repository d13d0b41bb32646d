"""Lesson 02: from a message to its cause."""

from __future__ import annotations

from collections.abc import Mapping

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_RIGHT = {"a": "definition", "b": "headers", "c": "import", "d": "interpreter"}
_WHY = {
    "a": "(a) is nanobind's. Look at the line of its own file that the lesson shows: does it run "
    "anything, or import, or only ask whether something exists?",
    "b": "(b) is the compiler's, about a file of Python that it includes. Nothing ran yet, and "
    "Python was not asked for anything.",
    "c": "(c) ends in `.so`, so a compiled module was to be loaded. The file is there, and the "
    "loader skipped it. Who loads modules, and when?",
    "d": "(d) is the kernel's, and the file it is about is a Python. What was done with it?",
}


def check(answer: object) -> Verdict:
    """Accept a mapping of all four letters to their causes."""
    if not isinstance(answer, Mapping):
        return not_yet('The answer is a dictionary: `{"a": "…", "b": "…", "c": "…", "d": "…"}`.')
    given = {str(k).lower(): str(v).lower() for k, v in answer.items()}
    missing = sorted(_RIGHT.keys() - given.keys())
    if missing:
        return not_yet(f"{missing[0]!r} is not in your answer yet.")
    for letter, cause in _RIGHT.items():
        if given[letter] not in _RIGHT.values():
            words = ", ".join(sorted(_RIGHT.values()))
            return not_yet(f"({letter}) is one of {words}, not {given[letter][:40]!r}.")
        if given[letter] != cause:
            return not_yet(_WHY[letter])
    return passed("Headers and definitions must be found. Interpreters and modules must run.")


EXERCISE = Exercise(
    name="what-broke",
    lesson=2,
    title="from a message to its cause",
    hints=(
        "Who wrote each message: the compiler, the kernel, the loader, or a CMake file?",
        "Each word is used once. Begin with the three messages that this lesson has shown.",
        "The kernel runs programs, the loader loads modules, and a CMake file checks definitions.",
    ),
    solution='{"a": "definition", "b": "headers", "c": "import", "d": "interpreter"}',
    check=check,
    right=(
        {"d": "Interpreter", "c": "Import", "b": "Headers", "a": "Definition"},
        {"A": "definition", "B": "headers", "C": "import", "D": "interpreter"},
    ),
    wrong=(
        ({"a": "interpreter", "b": "headers", "c": "import", "d": "definition"}, "nanobind's"),
        ({"a": "definition", "b": "interpreter", "c": "import", "d": "headers"}, "compiler's"),
        ({"a": "definition", "b": "headers", "c": "headers", "d": "interpreter"}, "loader"),
        ({"a": "definition", "b": "headers", "c": "import", "d": "import"}, "kernel's"),
        ({"a": "definition", "b": "headers"}, "not in your answer"),
        ({"a": "cmake", "b": "headers", "c": "import", "d": "interpreter"}, "is one of"),
        (["definition", "headers", "import", "interpreter"], "dictionary"),
    ),
)
