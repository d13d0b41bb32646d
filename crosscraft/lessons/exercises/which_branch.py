"""Lesson 04: which branch of the finished CMakeLists.txt each situation takes."""

from __future__ import annotations

from crosscraft.lessons.evidence import cmake
from crosscraft.lessons.evidence.cmake import Situation
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import cmake_file, predict
from crosscraft.lessons.exercises.kinds.predict import Case
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong


def _case(key: str, why: str, situation: Situation, *without: str) -> Case:
    """Return a situation in which CMake configures the finished file."""

    def do(work: Work) -> str:
        made = cmake.configure(work, cmake_file.KEY, situation, without=without)
        taken, call = cmake_file.branch(made)
        work.see(f"{key}: CMake ran {call}")
        return taken

    return Case(key, do, why)


_CASES = (
    _case(
        "a",
        "In a, both halves of the first `if` are true: `$CMAKE_ARGS` names the target's system, "
        "and the build tool sets `PREFIX`.",
        Situation.CROSS,
    ),
    _case(
        "b",
        "In b, `PREFIX` is set, and that is only half of the first `if`. Look at what makes "
        "`CMAKE_CROSSCOMPILING` true: does this compiler's activation script do it?",
        Situation.NATIVE,
    ),
    _case(
        "c",
        "In c, CMake cross-compiles, and nobody has set `PREFIX`. Go through the conditions from "
        "the top.",
        Situation.OUTSIDE,
    ),
    _case(
        "d",
        "In d, CMake is not told about the other system: the compiler's name tells it nothing. "
        "Look at where `CMAKE_SYSTEM_NAME` comes from.",
        Situation.OUTSIDE,
        "CMAKE_ARGS",
    ),
)

EXERCISE = Exercise(
    name="which-branch",
    lesson=4,
    title="which branch is taken",
    kind=Kind.PREDICT,
    hint=(
        "Two facts decide: was CMake given `CMAKE_SYSTEM_NAME`, and is `PREFIX` set? Go through "
        "the `if`, the `elseif` and the `else` with them, and stop at the first that is true."
    ),
    part=(
        "Only `$CMAKE_ARGS` gives `CMAKE_SYSTEM_NAME`, and only the cross compiler's does. So b "
        "and d take the same branch."
    ),
    solution='{"a": "cross", "b": "native", "c": "error", "d": "native"}',
    check=predict.check(
        _CASES,
        ("cross", "error", "native"),
        "`$CMAKE_ARGS` decides whether CMake cross-compiles, and `$PREFIX` whether it can. In d "
        "the native branch is taken with the wrong compiler, and CMake does not object.",
    ),
    right=(
        {"d": "Native", "c": "ERROR", "b": "native", "a": "cross"},
        {"A": "cross", "B": "native", "C": "error", "D": "native"},
    ),
    wrong=(
        Wrong({"a": "native", "b": "native", "c": "error", "d": "native"}, "both halves"),
        Wrong({"a": "cross", "b": "cross", "c": "error", "d": "native"}, "only half"),
        Wrong({"a": "cross", "b": "native", "c": "cross", "d": "native"}, "nobody has set"),
        Wrong(
            {"a": "cross", "b": "native", "c": "error", "d": "error"},
            "tells it nothing",
            looks_right=True,
        ),
        Wrong({"a": "cross", "b": "native", "c": "fatal", "d": "native"}, "'fatal' is none"),
        Wrong({"a": "cross"}, "not in your answer"),
        Wrong(["cross", "native", "error", "native"], "dictionary"),
    ),
)
