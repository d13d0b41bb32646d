"""Traps of CMake's searches for Python."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.cmake_language import Command
from crosscraft.building.check.detectors._cmake_files import (
    PythonSearch,
    policy_at,
    python_searches,
    sets_for_builds,
)
from crosscraft.building.check.detectors._outputs import (
    configures,
    has_cross_python,
    mentions,
    outputs_for,
    script_of,
)
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output

__all__ = [
    "interpreter_of_the_target",
    "nanobind_needs_interpreter",
    "pybind11_python_of_the_build",
    "python_of_the_build_first",
    "wrong_suffix",
]

_REFUSES = (4, 1)
"""CMake whose policies refuse an interpreter in a cross build: CMP0190."""
_EMULATOR = r"CROSSCOMPILING_EMULATOR"
_NAMES_SUFFIX = r"SUFFIX|SOABI|PYTHON_MODULE_EXTENSION"
_HINTS = r"-DPython3?_(ROOT_DIR|INCLUDE_DIR|EXECUTABLE|LIBRARY)|-DPYTHON_"


def interpreter_of_the_target(project: Project) -> Iterator[Place]:
    """A search for Python's headers and for an interpreter, with policies that refuse it."""
    if project.is_cross and not _is_old_cmake(project):
        for search in _searches_for_both(project):
            if policy_at(project, search.command) >= _REFUSES:
                yield _both(search)


def wrong_suffix(project: Project) -> Iterator[Place]:
    """The same with older policies, where only a Python of the build machine can be found."""
    if not project.is_cross or sets_for_builds(project, _NAMES_SUFFIX):
        return
    if mentions(project, _NAMES_SUFFIX):
        return
    for search in _searches_for_both(project):
        is_old = _is_old_cmake(project) or policy_at(project, search.command) < _REFUSES
        if is_old and search.command.reached and _has_no_python(project, search.command.file):
            yield _both(search)


def _searches_for_both(project: Project) -> Iterator[PythonSearch]:
    if mentions(project, _EMULATOR) or sets_for_builds(project, rf"{_EMULATOR}|CMP0190 OLD"):
        return
    for search in python_searches(project):
        if search.wants_program and search.wants_headers:
            yield search


def _both(search: PythonSearch) -> Place:
    asked = "Interpreter" if "Interpreter" in search.components else "Compiler"
    package = search.command.words[0]
    the_search = f"`find_package({package} … {asked})`"
    values = {"package": package, "component": asked, "the_search": the_search}
    return Place(search.command.file, search.command.line, values)


def _is_old_cmake(project: Project) -> bool:
    """Whether a recipe takes a CMake that does not know the policy."""
    specs = [output.spec("build", "cmake") for _, output in project.outputs]
    old = r"<\s*4(\.[01])?(\.0)*\s*$|\s=*\s*(3\.|4\.0)"
    return any(spec is not None and re.search(old, spec.text) for spec in specs)


def _has_no_python(project: Project, file: str) -> bool:
    return any(_finds_no_target_python(output) for output in outputs_for(project, file))


def _finds_no_target_python(output: Output) -> bool:
    """Whether CMake is called for an extension, with no Python that stands in for the target's."""
    return bool(
        output.spec("host", "python")
        and not has_cross_python(output)
        and list(configures(output))
        and "_PYTHON_SYSCONFIGDATA_NAME" not in script_of(output)
    )


def nanobind_needs_interpreter(project: Project) -> Iterator[Place]:
    """A search for nanobind after one for the headers alone, without ``Python::Interpreter``."""
    searches = list(python_searches(project))
    headers = [each for each in searches if each.wants_headers]
    programs = [each for each in searches if each.wants_program or not each.is_whole]
    if not project.is_cross or not headers or programs or _declares_interpreter(project):
        return
    if any(re.search(r"<\s*=?\s*2\.|=\s*2\.", text) for text in _nanobind_specs(project)):
        return
    for command in project.cmake:
        is_nanobind = command.name == "find_package" and command.words[:1] == ("nanobind",)
        if is_nanobind and command.reached is not False:
            yield Place(command.file, command.line, edit=_interpreter(project, command))


def _declares_interpreter(project: Project) -> bool:
    return any(
        command.name in ("add_executable", "add_custom_target", "include", "set_target_properties")
        and any("Python::Interpreter" in word for word in command.words)
        for command in project.cmake
    )


def _nanobind_specs(project: Project) -> Iterator[str]:
    for _, output in project.outputs:
        yield from (s.text for s in output.requirements["host"] if s.name == "nanobind")


def _interpreter(project: Project, command: Command) -> Edit | None:
    # scikit-build-core asks CMake where each target's file is, and this one has none.
    if "scikit" in str(project.toml("pyproject.toml").get("build-system", "")):
        return None
    line = project.texts[command.file].lines[command.line - 1]
    indent = line[: len(line) - len(line.lstrip())]
    new = ("if(NOT TARGET Python::Interpreter)", "  add_executable(Python::Interpreter IMPORTED)",
           "endif()")  # fmt: skip
    return Edit(command.line, 0, tuple(indent + each for each in new))


def python_of_the_build_first(project: Project) -> Iterator[Place]:
    """A Python in the build environment, where a search for the target's headers meets it."""
    searches = [each for each in python_searches(project) if each.command.reached]
    headers = [each for each in searches if each.wants_headers and not each.wants_program]
    if not project.is_cross or not headers or _has_hints(project):
        return
    outputs = [o for each in headers for o in outputs_for(project, each.command.file)]
    for recipe, output in project.outputs:
        spec = output.spec("build", "python")
        if spec and output in outputs and _finds_no_target_python(output):
            yield Place(recipe.text.name, spec.line)


def _has_hints(project: Project) -> bool:
    return mentions(project, _HINTS) or sets_for_builds(project, r"^Python3?_|PYBIND11_")


_PYBIND11_SETTINGS = ("PYBIND11_FINDPYTHON", "PYBIND11_USE_CROSSCOMPILING")


def pybind11_python_of_the_build(project: Project) -> Iterator[Place]:
    """A search for pybind11 with policies for which it looks for a Python that runs."""
    settled = rf"PYBIND11_USE_CROSSCOMPILING|PYTHON_EXECUTABLE|CMP0190 NEW|{_NAMES_SUFFIX}"
    if not project.is_cross or mentions(project, f"{settled}|{_EMULATOR}|Python3?_EXECUTABLE"):
        return
    if sets_for_builds(project, f"{settled}|{_EMULATOR}") or list(python_searches(project)):
        return
    for command in project.cmake:
        is_pybind11 = command.name == "find_package" and command.words[:1] == ("pybind11",)
        is_old = is_pybind11 and command.reached and policy_at(project, command) < _REFUSES
        if is_old and _has_no_python(project, command.file):
            line = project.texts[command.file].lines[command.line - 1]
            indent = line[: len(line) - len(line.lstrip())]
            missing = [each for each in _PYBIND11_SETTINGS if not sets_for_builds(project, each)]
            new = tuple(f"{indent}set({name} ON)" for name in missing)
            yield Place(command.file, command.line, edit=Edit(command.line, 0, new))
