"""Lesson 01: which file names an import finds."""

from __future__ import annotations

from crosscraft.lessons.exercises.kinds import imports
from crosscraft.lessons.exercises.kinds.imports import LOADED, NOT_FOUND, File
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong

_SOLUTION = {
    "a": "works",
    "b": "not found",
    "c": "not found",
    "d": "works",
    "e": "works",
    "f": "not found",
}


def _file(key: str, name: str, why: str) -> File:
    """Return a file with code for aarch64, so that only its name matters."""
    return File(key, name, "linux-aarch64", {LOADED: why, NOT_FOUND: why})


EXERCISE = Exercise(
    name="which-suffix",
    lesson=1,
    minutes=4,
    title="which file names an import finds",
    kind=Kind.PREDICT,
    hint=(
        "Write down the three suffixes of the list above, with the triplet of aarch64 in the first."
    ),
    part=(
        "The file's name must be `cpp_math` and one of these suffixes, with nothing before or "
        "between. Two of the three suffixes don't name a processor."
    ),
    solution=str(_SOLUTION),
    check=imports.check(
        (
            _file(
                "a",
                "cpp_math.cpython-311-aarch64-linux-gnu.so",
                "This is the full name on linux-aarch64. The interpreter, its version and the "
                "triplet all fit.",
            ),
            _file(
                "b",
                "cpp_math.cpython-311-x86_64-linux-gnu.so",
                "This name has another processor's triplet. The list of suffixes has the triplet "
                "of the Python that runs, and Python doesn't look into a file whose name isn't on "
                "the list.",
            ),
            _file(
                "c",
                "cpp_math.cpython-312-aarch64-linux-gnu.so",
                "This name is for Python 3.12. What did Python 3.11 do with such a file in this "
                "lesson?",
            ),
            _file(
                "d",
                "cpp_math.abi3.so",
                "This suffix has no Python version and no processor. Look for it in the list of "
                "suffixes above.",
            ),
            _file(
                "e",
                "cpp_math.so",
                "This is the plainest suffix of the list. It was found in this lesson, too.",
            ),
            _file(
                "f",
                "libcpp_math.so",
                "The name must begin with the module's name, and this one begins with `lib`. "
                "`lib…` is the custom for libraries that are linked to.",
            ),
        ),
        (LOADED, NOT_FOUND),
        right=(
            "All six files have the same code. Only the name decides whether Python finds them, "
            "and `.so` or `.abi3.so` name no processor, so they could also contain the wrong code."
        ),
    ),
    right=(
        {key: f" {word.upper()} " for key, word in reversed(_SOLUTION.items())},
        {key.upper(): word.capitalize() for key, word in _SOLUTION.items()},
        {f"({key})": f"{word.replace(' ', '_')}." for key, word in _SOLUTION.items()},
    ),
    wrong=(
        Wrong(_SOLUTION | {"a": "not found"}, "full name on linux-aarch64"),
        Wrong(_SOLUTION | {"b": "works"}, "another processor's triplet", looks_right=True),
        Wrong(_SOLUTION | {"c": "works"}, "for Python 3.12", looks_right=True),
        Wrong(_SOLUTION | {"d": "not found"}, "no Python version"),
        Wrong(_SOLUTION | {"e": "not found"}, "plainest suffix"),
        Wrong(_SOLUTION | {"f": "works"}, "begins with `lib`", looks_right=True),
        Wrong({"a": "works"}, "not in your answer yet"),
        Wrong(_SOLUTION | {"e": "maybe"}, "is one of"),
        Wrong(["a", "d", "e"], "a dictionary"),
    ),
)
