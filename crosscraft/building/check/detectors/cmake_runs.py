"""Traps of CMake projects that run what they have just compiled for the target."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.cmake_language import Command
from crosscraft.building.check.detectors._cmake_files import (
    is_aside,
    python_searches,
    sets_for_builds,
)
from crosscraft.building.check.detectors._outputs import compiled, has_cross_python, mentions
from crosscraft.building.check.model import Place
from crosscraft.building.check.project import Project

__all__ = ["generator_for_the_target", "runs_target_python", "try_run"]

_EMULATOR = "CROSSCOMPILING_EMULATOR"
_CHECKS = re.compile(r"check_(?:c|cxx|fortran|objc|objcxx|source)(?:_source)?_runs\Z")
_PYTHON = re.compile(r"\$\{Python3?_EXECUTABLE\}\Z|\$<TARGET_FILE:Python3?::Interpreter>\Z"
                     r"|Python3?::Interpreter\Z")  # fmt: skip
_TARGETS_PYTHON = re.compile(r"\$ENV\{PREFIX\}/bin/python[\d.]*\Z|\$ENV\{PYTHON\}\Z")


def _is_emulated(project: Project) -> bool:
    return mentions(project, _EMULATOR) or sets_for_builds(project, _EMULATOR)


def try_run(project: Project) -> Iterator[Place]:
    """A check that runs a program of the target, whose result nobody gives."""
    if not project.is_cross or _is_emulated(project):
        return
    for command in project.cmake:
        if command.reached and not is_aside(command) and command.words:
            name = _result(command)
            if name and not _is_given(project, name):
                values = {"a_check": f"`{command.name}`", "result": name}
                yield Place(command.file, command.line, values)


def _result(command: Command) -> str:
    """The variable that a check sets, or nothing if the command runs no program."""
    if command.name == "try_run":
        return command.words[0]
    if _CHECKS.match(command.name):
        at = 2 if command.name == "check_source_runs" else 1
        return command.words[at] if len(command.words) > at else ""
    return ""


def _is_given(project: Project, name: str) -> bool:
    given = rf"\b{re.escape(name)}(_EXITCODE)?\b"
    return (
        "${" in name
        or mentions(project, rf"-D\s*{given}[:=]")
        or any(
            command.name == "set" and re.fullmatch(given, command.words[0])
            for command in project.cmake
            if command.words
        )
        or "_EXITCODE" in str(project.toml("pyproject.toml").get("tool", ""))
    )


def generator_for_the_target(project: Project) -> Iterator[Place]:
    """A custom command that runs a program of the same build."""
    if not project.is_cross or _is_emulated(project):
        return
    programs = {
        command.words[0]
        for command in project.cmake
        if command.name == "add_executable" and command.reached and _is_compiled(command)
    }
    imported = {
        command.words[0]
        for command in project.cmake
        if command.name == "add_executable" and command.words and not _is_compiled(command)
    }
    for command in project.cmake:
        if command.reached and not is_aside(command) and _is_always_run(command):
            for program in _run_by(command):
                if program in programs - imported:
                    yield Place(command.file, command.line, {"program": program})


def _is_compiled(command: Command) -> bool:
    words = command.words
    return bool(words) and not {"IMPORTED", "ALIAS"} & set(words) and "$" not in words[0]


def _is_always_run(command: Command) -> bool:
    is_output = command.name == "add_custom_command" and "OUTPUT" in command.words
    is_all = command.name == "add_custom_target" and "ALL" in command.words
    after_build = command.name == "add_custom_command" and command.words[:1] == ("TARGET",)
    return is_output or is_all or after_build


_OF_THIS_BUILD = re.compile(
    r"\$<TARGET_FILE:([\w.+-]+)>"
    r"|(?:\./|\$\{(?:\w+_BINARY_DIR|EXECUTABLE_OUTPUT_PATH|CMAKE_RUNTIME_OUTPUT_DIRECTORY)\}/"
    r"(?:\w+/)*)?([\w.+-]+)"
)


def _run_by(command: Command) -> Iterator[str]:
    """Yield the programs that a custom command runs, as targets."""
    for before, word in zip(command.words, command.words[1:], strict=False):
        if before == "COMMAND":
            found = _OF_THIS_BUILD.fullmatch(word)
            yield (found[1] or found[2]) if found else ""


def runs_target_python(project: Project) -> Iterator[Place]:
    """A command that runs a Python where a cross build has looked for none, or the target's."""
    outputs = list(compiled(project))
    if not project.is_cross or any(has_cross_python(output) for output in outputs):
        return
    searches = list(python_searches(project))
    finds_none = bool(searches) and all(
        each.is_whole and not each.wants_program and each.command.reached for each in searches
    )
    is_set = sets_for_builds(project, r"^Python3?_EXECUTABLE|IMPORTED_LOCATION") or mentions(
        project, r"-DPython3?_EXECUTABLE"
    )
    for command in project.cmake:
        if command.name in _RUNNERS and command.reached and not is_aside(command):
            for word in _first_words(command):
                is_empty = finds_none and not is_set and _PYTHON.match(word)
                if is_empty or (outputs and _TARGETS_PYTHON.match(word)):
                    values = {"a_command": f"`{command.name}`", "a_python": f"`{word}`"}
                    yield Place(command.file, command.line, values)


_RUNNERS = ("execute_process", "add_custom_command", "add_custom_target")


def _first_words(command: Command) -> Iterator[str]:
    for before, word in zip(command.words, command.words[1:], strict=False):
        if before == "COMMAND":
            yield word
