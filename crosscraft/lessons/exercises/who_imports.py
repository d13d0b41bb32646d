"""Lesson 03: what an aarch64 Python does with honest and lying names."""

from __future__ import annotations

from crosscraft.lessons.exercises.kinds import imports
from crosscraft.lessons.exercises.kinds.imports import LOADED, NOT_FOUND, NOT_LOADED, File
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong

_SOLUTION = {"a": "not found", "b": "not loaded", "c": "works"}

EXERCISE = Exercise(
    name="who-imports",
    lesson=3,
    title="who can import a file that lies",
    kind=Kind.PREDICT,
    hint=(
        "Ask two questions about each file. Is the name one that this Python tries? And is the "
        "code for its processor?"
    ),
    part=(
        "If the name isn't tried, Python never looks at the code. For (c), look at the list of "
        "suffixes in lesson 01: the last suffix is plain `.so`."
    ),
    solution=str(_SOLUTION),
    check=imports.check(
        (
            File(
                "a",
                "cpp_math.cpython-311-x86_64-linux-gnu.so",
                "linux-aarch64",
                {
                    LOADED: "The code would run, but Python goes by the name first, and this "
                    "suffix is not one of its own. The target's Python met such a file in this "
                    "lesson.",
                    NOT_LOADED: "To refuse a file, Python must try it. Is this suffix one that an "
                    "aarch64 Python tries?",
                },
            ),
            File(
                "b",
                "cpp_math.cpython-311-aarch64-linux-gnu.so",
                "linux-64",
                {
                    LOADED: "The name is right, and the code is for another processor. That is the "
                    "lie of this lesson the other way round. Who met it here?",
                    NOT_FOUND: "The name is the very one that an aarch64 Python tries first, so "
                    "the file is found. What happens then?",
                },
            ),
            File(
                "c",
                "cpp_math.so",
                "linux-aarch64",
                {
                    NOT_FOUND: "Plain `.so` is the last suffix in the list of lesson 01, so the "
                    "file is found.",
                    NOT_LOADED: "Nothing is wrong in the file: its code is for this processor.",
                },
            ),
        ),
        (LOADED, NOT_FOUND, NOT_LOADED),
        right=(
            "First the name decides whether a file is tried, and then the code decides whether it "
            "loads."
        ),
    ),
    right=(
        {"c": "Works", "b": "Not loaded", "a": "not found"},
        {"A": "not found ", "B": " not loaded", "C": "WORKS"},
    ),
    wrong=(
        Wrong(_SOLUTION | {"a": "works"}, "goes by the name", looks_right=True),
        Wrong(_SOLUTION | {"a": "not loaded"}, "must try it", looks_right=True),
        Wrong(_SOLUTION | {"b": "works"}, "other way round", looks_right=True),
        Wrong(_SOLUTION | {"b": "not found"}, "tries first", looks_right=True),
        Wrong(_SOLUTION | {"c": "not found"}, "last suffix in the list"),
        Wrong(_SOLUTION | {"c": "not loaded"}, "Nothing is wrong"),
        Wrong({"a": "not found"}, "not in your answer"),
        Wrong(_SOLUTION | {"a": "fails"}, "'fails' is none"),
        Wrong("c", "a dictionary"),
    ),
)
