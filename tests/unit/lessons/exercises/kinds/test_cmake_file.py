"""The branch of a CMakeLists.txt, by the commands that CMake ran."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.lessons.evidence.cmake import Call, Configured, Situation
from crosscraft.lessons.evidence.session import Session
from crosscraft.lessons.exercises.kinds import cmake_file
from crosscraft.platforms import native


def configured(*calls: Call) -> Configured:
    here = Session(native(), {})
    return Configured(Situation.CROSS, "here", here, Path(), 0, (), calls, {})


PROJECT = Call(1, "project", ("cpp_math",))
NANOBIND = Call(9, "find_package", ("nanobind", "CONFIG"))
CROSS = Call(2, "find_package", ("Python", "3.11", "EXACT", "COMPONENTS", "Development.Module"))
NATIVE = Call(3, "find_package", ("Python", "COMPONENTS", "Development.Module", "Interpreter"))
STOP = Call(4, "message", ("FATAL_ERROR", "no"))
NOTE = Call(5, "message", ("STATUS", "FATAL_ERROR"))


@pytest.mark.parametrize(
    ("calls", "branch", "shown"),
    [
        ((PROJECT, CROSS, NANOBIND), "cross", CROSS),
        ((PROJECT, NATIVE, NANOBIND), "native", NATIVE),
        ((PROJECT, NOTE, STOP), "error", STOP),
        ((PROJECT, CROSS, STOP), "error", STOP),
        ((PROJECT, NOTE, NANOBIND), "none", None),
    ],
)
def test_a_command_shows_the_branch(calls: list[Call], branch: str, shown: Call | None) -> None:
    assert cmake_file.branch(configured(*calls)) == (branch, shown)
