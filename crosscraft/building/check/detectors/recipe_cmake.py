"""Traps of recipes that call CMake."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.cmake_language import expand
from crosscraft.building.check.detectors._outputs import compiled, configures, script_of
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output
from crosscraft.building.check.scripts import Command

__all__ = ["cmake_args_dropped", "compiler_from_nowhere", "search_path_overwritten"]

_OTHER_SETTINGS = re.compile(
    r"CMAKE_ARGS|TOOLCHAIN|--toolchain|--preset|CMAKE_SYSTEM_NAME|CMAKE_CROSS|-C\s*\S+\.cmake"
    r"|CMAKE_CONFIG|cmake_args|CC_FOR_BUILD"
)
_BRINGS_COMPILER = re.compile(
    r"compiler|gcc|gxx|clang|toolchain|llvm|rust|\bgo\b|vs20|vc\d|cuda|nvcc|zig|gfortran|cxx", re.I
)


def cmake_args_dropped(project: Project) -> Iterator[Place]:
    """A recipe whose ``cmake`` lines are without the cross-compiler's settings."""
    if not project.is_cross:
        return
    for output in compiled(project):
        if not _OTHER_SETTINGS.search(script_of(output)):
            for command in filter(_is_packaged, configures(output)):
                yield Place(command.file, command.line, edit=_with_args(project, command))


def _is_packaged(command: Command) -> bool:
    """Whether what is configured may be installed into the package. Else it is a helper."""
    found = _INSTALLED.search(" ".join(command.argv))
    return not found or bool(re.match(r"\$\{?PREFIX\b|\$?\{\{", found[1]))


_INSTALLED = re.compile(r"-DCMAKE_INSTALL_PREFIX(?::\w+)?=(\S+)")


def _with_args(project: Project, command: Command) -> Edit | None:
    line = project.texts[command.file].lines[command.line - 1]
    # A line of a recipe may be within brackets, where braces have another meaning.
    new, count = re.subn(r"\bcmake(?=\s+\S)", "cmake $CMAKE_ARGS", line, count=1)
    return Edit(command.line, 1, (new,)) if count else None


def search_path_overwritten(project: Project) -> Iterator[Place]:
    """A setting that takes the target's folders out of CMake's search, or the sysroot away."""
    if not project.is_cross:
        return
    for output in compiled(project):
        for command in configures(output):
            for word in command.argv:
                yield from _overwritten(word, command)
    for cmake in project.cmake:
        if cmake.name == "set" and cmake.reached and len(cmake.words) > 1:
            name, value = cmake.words[0], " ".join(cmake.words[1:])
            value = expand(value, project.cmake_variables)
            if name in _PATHS and "PREFIX" not in value and _names_the_machine(value):
                yield Place(cmake.file, cmake.line, {"variable": name, "value": cmake.words[1]})


_PATHS = ("CMAKE_FIND_ROOT_PATH", "CMAKE_SYSROOT")
_SETTING = re.compile(r"-D(CMAKE_FIND_ROOT_PATH|CMAKE_SYSROOT)(?::\w+)?=(.*)")


def _overwritten(word: str, command: Command) -> Iterator[Place]:
    found = _SETTING.match(word)
    if found and "PREFIX" not in found[2] and _names_the_machine(found[2]):
        yield Place(command.file, command.line, {"variable": found[1], "value": found[2]})


def _names_the_machine(value: str) -> bool:
    plain = value.strip("\"' ")
    return "$" not in plain and (not plain or plain.startswith("/"))


def compiler_from_nowhere(project: Project) -> Iterator[Place]:
    """An output that configures with CMake, and has no compiler among its requirements."""
    is_compiled = _languages(project)
    for recipe, output in project.outputs:
        texts = [spec.text for spec in output.requirements["build"]]
        has_none = texts and not any(_BRINGS_COMPILER.search(text) for text in texts)
        needs_one = is_compiled or (is_compiled is None and not output.noarch)
        if has_none and needs_one:
            yield from _configured(output, recipe.text.name)


def _configured(output: Output, recipe: str) -> Iterator[Place]:
    if "inherit" in str([key.value for key, _ in getattr(output.node, "value", [])]):
        return
    if re.search(r"LANGUAGES?=NONE|CMAKE_C(XX)?_COMPILER", script_of(output)):
        return
    if any(configures(output)):
        line = output.requirements["build"][0].line
        yield Place(recipe, line, {"the_output": f"output `{output.name}`"})


def _languages(project: Project) -> bool | None:
    """Whether the project in the top folder is compiled, or None if it is not here."""
    for command in project.cmake:
        if command.name == "project" and command.file == "CMakeLists.txt":
            return "NONE" not in command.words
    return None
