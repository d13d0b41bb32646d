"""Lesson 04: which branch of the finished CMakeLists.txt each situation takes."""

from __future__ import annotations

from crosscraft.lessons.evidence.cmake import Situation
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import cmake_file, predict
from crosscraft.lessons.exercises.kinds.predict import Case
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong


def _case(key: str, why: str, situation: Situation, *without: str) -> Case:
    """Return a situation in which CMake configures the finished file."""

    def do(work: Work) -> str:
        made = cmake_file.finished(work, situation, *without)
        taken, call = cmake_file.branch(made)
        work.see(f"{key}: CMake ran {call}")
        return taken

    return Case(key, do, why)


_CASES = (
    _case(
        "a",
        "In a, both halves of the first `if` are true, because `$CMAKE_ARGS` names the target's "
        "system and the build tool sets `PREFIX`.",
        Situation.CROSS,
    ),
    _case(
        "b",
        "In b, `PREFIX` is set, and that is only half of the first `if`. Which option makes "
        "`CMAKE_CROSSCOMPILING` true? Does this compiler's activation script set it?",
        Situation.NATIVE,
    ),
    _case(
        "c",
        "In c, CMake cross-compiles, and nobody has set `PREFIX`. Go through the conditions from "
        "the top, and stop at the first that is true.",
        Situation.OUTSIDE,
    ),
    _case(
        "d",
        "In d, no option names the target's system. CMake doesn't look at the compiler's name, so "
        "that name tells it nothing. Where does `CMAKE_SYSTEM_NAME` come from?",
        Situation.OUTSIDE,
        "CMAKE_ARGS",
    ),
)

EXERCISE = Exercise(
    name="which-branch",
    lesson=4,
    minutes=3,
    title="which branch is taken",
    kind=Kind.PREDICT,
    hint=(
        "Two questions decide. Did `cmake` get the option `CMAKE_SYSTEM_NAME`? Is `PREFIX` set? Go "
        "through the `if`, the `elseif` and the `else`, and stop at the first that is true."
    ),
    part=(
        "Only `$CMAKE_ARGS` gives `CMAKE_SYSTEM_NAME`, and only the cross compiler's does. So b "
        "and d take the same branch."
    ),
    solution='{"a": "cross", "b": "native", "c": "error", "d": "native"}',
    check=predict.check(
        _CASES,
        ("cross", "error", "native"),
        "`$CMAKE_ARGS` decides whether CMake cross-compiles, and `$PREFIX` whether it can. In d, "
        "CMake takes the native branch with a compiler for aarch64, and doesn't object.",
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
