"""Traps of projects that name the compiler or the folders of the machine that builds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.detectors._flags import flags
from crosscraft.building.check.detectors._outputs import (
    compiled,
    configures,
    outputs_for,
    script_of,
)
from crosscraft.building.check.guards import always_run
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output
from crosscraft.building.check.scripts import Command

__all__ = ["folders", "pkg_config", "plain_compiler"]

_FOLDER = re.compile(
    r"-(?:I|L|isystem|idirafter)((?:/usr/include|/usr/lib|/usr/local|/lib|/opt/homebrew|/opt/local)"
    r"(?:\d*|32)(?:/.*)?)\Z"
    r"|(/(?:usr/)?(?:local/)?lib(?:64)?/\S*\.(?:so|a|dylib)[\d.]*)\Z"
)
_ELSEWHERE = re.compile(r"cuda|rocm|aarch64|arm|powerpc|s390x|riscv|\$")


def folders(project: Project) -> Iterator[Place]:
    """A folder or a library of the build machine, for the compiler or the linker."""
    if project.is_cross:
        for flag in flags(project):
            found = _FOLDER.match(flag.word)
            if found and not _ELSEWHERE.search(flag.word):
                yield Place(flag.file, flag.line, {"folder": found[1] or found[2]})


_PKG_CONFIGS = ("pkg-config", "pkgconf", "pkgconfig")


def pkg_config(project: Project) -> Iterator[Place]:
    """An output that asks pkg-config, and has none among its requirements."""
    if not project.is_cross:
        return
    of_targets = list(compiled(project))
    for recipe, output in project.outputs:
        own = [output.spec(section, name) for section in ("build", "host") for name in _PKG_CONFIGS]
        if output in of_targets and not any(own) and _asks_pkg_config(project, output):
            first = output.requirements["build"][0].line
            line = project.texts[recipe.text.name].lines[first - 1]
            item = re.match(r"\s*- (?=\S)", line)
            edit = Edit(first, 0, (f"{item[0]}pkg-config",)) if item else None
            yield Place(recipe.text.name, first, {"the_output": f"output `{output.name}`"}, edit)


def _asks_pkg_config(project: Project, output: Output) -> bool:
    if any(command.program == "pkg-config" for command in always_run(output)):
        return True
    return any(configures(output)) and any(
        command.reached
        and "REQUIRED" in command.words
        and (command.name == "pkg_check_modules" or command.words[0] == "PkgConfig")
        and output in outputs_for(project, command.file)
        for command in project.cmake
        if command.name in ("pkg_check_modules", "find_package")
    )


_NAMES = r"(?:/usr/bin/)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran)(?:-\d+)?"
_VARIABLES = {"CC": "C", "CXX": "C++", "FC": "Fortran", "F77": "Fortran"}
_CMAKE = re.compile(r"CMAKE_(C|CXX|Fortran)_COMPILER\Z")
_PASSED = re.compile(rf"-DCMAKE_(?:C|CXX|Fortran)_COMPILER(?::\w+)?=({_NAMES})\Z")


def plain_compiler(project: Project) -> Iterator[Place]:
    """A compiler by its plain name, which is the build machine's own."""
    if not project.is_cross:
        return
    for output in compiled(project):
        if "CC_FOR_BUILD" not in script_of(output):
            for command in always_run(output):
                name = _named(command)
                if name:
                    edit = _without(project, command)
                    yield Place(command.file, command.line, {"the_compiler": f"`{name}`"}, edit)
    for cmake in project.cmake:
        if cmake.name == "set" and cmake.reached and _CMAKE.match("".join(cmake.words[:1])):
            name = cmake.words[1] if len(cmake.words) > 1 else ""
            if re.fullmatch(_NAMES, name):
                edit = Edit(cmake.line, cmake.end - cmake.line + 1, ())
                yield Place(cmake.file, cmake.line, {"the_compiler": f"`{name}`"}, edit)


def _named(command: Command) -> str:
    """The compiler that a command names, or nothing."""
    for variable, value in command.assignments.items():
        if variable in _VARIABLES and re.fullmatch(_NAMES, value):
            return value
    for word in command.argv[1:]:
        variable, _, value = word.partition("=")
        passed = _PASSED.match(word)
        if variable in _VARIABLES and re.fullmatch(_NAMES, value):
            return value
        if passed:
            return passed[1]
    is_compiler = command.argv and re.fullmatch(_NAMES, command.argv[0])
    return command.argv[0] if is_compiler and {"-c", "-o", "-shared"} & set(command.argv) else ""


def _without(project: Project, command: Command) -> Edit | None:
    """The edit that leaves out a line that does nothing else."""
    line = project.texts[command.file].lines[command.line - 1]
    alone = re.fullmatch(
        rf"\s*(-\s+)?(export\s+)?({'|'.join(_VARIABLES)})=['\"]?\S+['\"]?\s*", line
    )
    return Edit(command.line, 1, ()) if alone and not command.argv else None
