"""Traps in CMake files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.cmake_language import Command
from crosscraft.building.check.model import Place
from crosscraft.building.check.project import Project

__all__ = ["interpreter_of_the_target"]

_PYTHONS = ("Python", "Python3")


def interpreter_of_the_target(project: Project) -> Iterator[Place]:
    """A find_package that a cross build reaches, and that asks FindPython for an interpreter."""
    if not project.is_cross or _policy(project) < (4, 1):
        return
    for command in project.cmake:
        if command.name == "find_package" and command.reached is not False:
            asked = {"Interpreter", "Compiler"} & set(command.words[1:])
            if asked and command.words[0] in _PYTHONS:
                values = {"package": command.words[0], "component": asked.pop()}
                yield Place(command.file, command.line, values)


def _policy(project: Project) -> tuple[int, int]:
    """The newest policies that a file asks for, as a version of CMake."""
    setting = ("cmake_minimum_required", "cmake_policy")
    asked = [_newest(command) for command in project.cmake if command.name in setting]
    return max(asked, default=(0, 0))


def _newest(command: Command) -> tuple[int, int]:
    numbers = re.findall(r"(\d+)\.(\d+)", command.after("VERSION").split("...")[-1])
    return (int(numbers[0][0]), int(numbers[0][1])) if numbers else (0, 0)
