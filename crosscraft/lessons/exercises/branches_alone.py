"""Lesson 04: the three branches again, from a blank page, for a second module."""

from __future__ import annotations

from pathlib import Path

from crosscraft.lessons.evidence.verdict import Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import branches, cmake_file
from crosscraft.lessons.exercises.kinds.cmake_file import Subject
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.system import files

_AREA = Subject(
    name="area",
    source="area.cpp",
    text="""\
#include <nanobind/nanobind.h>

NB_MODULE(area, m) {
    m.def("square", [](int side) { return side * side; });
}
""",
    call="square(3)",
    result="9",
)
_HEAD = """\
cmake_minimum_required(VERSION 3.19...4.3)
project(area LANGUAGES CXX)

"""
_CROSS = """\
  find_package(Python $ENV{PY_VER} EXACT COMPONENTS Development.Module REQUIRED)
  add_executable(Python::Interpreter IMPORTED)
  set(nanobind_ROOT "$ENV{SP_DIR}/nanobind/cmake")
  set(SITE_PACKAGES "$ENV{SP_DIR}")
"""
_STOP = """\
  message(FATAL_ERROR "Cross-compiling needs the target's Python. Build with a recipe.")
"""
_NATIVE = """\
  find_package(Python 3.10 COMPONENTS Interpreter Development.Module REQUIRED)
  execute_process(
    COMMAND "${Python_EXECUTABLE}" -m nanobind --cmake_dir
    OUTPUT_VARIABLE nanobind_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  set(SITE_PACKAGES "${Python_SITEARCH}")
"""
_TAIL = """\

find_package(nanobind CONFIG REQUIRED)
nanobind_add_module(area area.cpp)
install(TARGETS area LIBRARY DESTINATION "${SITE_PACKAGES}")
"""
_ONE_CALL = f"""\
{_HEAD}set(parts Development.Module)
if(CMAKE_CROSSCOMPILING AND DEFINED ENV{{PREFIX}})
  set(version $ENV{{PY_VER}} EXACT)
  add_executable(Python::Interpreter IMPORTED)
  set(nanobind_ROOT "$ENV{{SP_DIR}}/nanobind/cmake")
elseif(CMAKE_CROSSCOMPILING)
{_STOP}else()
  list(APPEND parts Interpreter)
endif()
find_package(Python ${{version}} COMPONENTS ${{parts}} REQUIRED)
set(SITE_PACKAGES "$ENV{{SP_DIR}}")
if(NOT CMAKE_CROSSCOMPILING)
  execute_process(
    COMMAND "${{Python_EXECUTABLE}}" -m nanobind --cmake_dir
    OUTPUT_VARIABLE nanobind_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(SITE_PACKAGES "${{Python_SITEARCH}}")
endif()
{_TAIL}"""
"""One `find_package` for two branches, with its components in a list."""
_SOLUTION = (
    f"{_HEAD}if(CMAKE_CROSSCOMPILING AND DEFINED ENV{{PREFIX}})\n{_CROSS}"
    f"elseif(CMAKE_CROSSCOMPILING)\n{_STOP}else()\n{_NATIVE}endif()\n{_TAIL}"
)


def prepare(project: Path) -> list[str]:
    """Write the source of the module into a folder of its own."""
    path = f"area/{_AREA.source}"
    if (project / path).exists():
        return []
    files.write(project / path, _AREA.text)
    return [path]


def check(work: Work) -> Verdict:
    """Take each of the three branches, and call what the cross and the native one build.

    The cross branch is taken for two processors.
    """
    project = cmake_file.project(work, _AREA)
    cross = branches.take_cross(work, project)
    branches.take_other(work, project, cross)
    branches.take_outside(work, project)
    native = branches.take_native(work, project, cross)
    cmake_file.usable_module(work, cross, _AREA)
    cmake_file.usable_module(work, native, _AREA)
    branches.take_alone(work, project, native)
    return passed(
        "You wrote it from a blank page. This file cross-compiles, and where it can't, it says "
        "what is missing. Start your own projects with it."
    )


EXERCISE = Exercise(
    name="branches-alone",
    lesson=4,
    minutes=10,
    title="three branches from a blank page",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="area/CMakeLists.txt",
    given="# Your CMakeLists.txt for `area`: three branches, and no stubs.\n",
    hint=(
        "Write what all branches share first: two commands above them, and three below. Then write "
        "the two conditions. Each branch has to find Python, nanobind and site-packages, or stop."
    ),
    part=(
        "The cross branch has four commands: `find_package(Python $ENV{PY_VER} EXACT COMPONENTS "
        "Development.Module REQUIRED)`, `add_executable(Python::Interpreter IMPORTED)`, and a "
        "`set` each for `nanobind_ROOT` and for the folder in which to install. The second branch "
        "is one `message(FATAL_ERROR …)`. The native branch is that of lesson 03."
    ),
    solution=_SOLUTION,
    check=check,
    prepare=prepare,
    right=(
        changed(
            f"{_HEAD}if(NOT CMAKE_CROSSCOMPILING)\n{_NATIVE}elseif(DEFINED ENV{{SP_DIR}})\n{_CROSS}"
            f"else()\n{_STOP}endif()\n{_TAIL}",
            ("nanobind_ROOT", "nanobind_DIR"),
            (" LIBRARY DEST", " DEST"),
        ),
        changed(
            _SOLUTION,
            ("AND DEFINED ENV{PREFIX}", 'AND NOT "$ENV{PREFIX}" STREQUAL ""'),
            ("elseif(CMAKE_CROSSCOMPILING)\n", "elseif(CMAKE_CROSSCOMPILING)\n  # No Python.\n"),
            ("find_package(Python 3.10 COMPONENTS", "find_package(Python REQUIRED COMPONENTS"),
            ("Development.Module REQUIRED)\n  execute", "Development.Module)\n  execute"),
            ("area.cpp)", "${CMAKE_CURRENT_SOURCE_DIR}/area.cpp)"),
        ),
        _ONE_CALL,
    ),
    wrong=(
        Wrong(
            changed(_SOLUTION, (f"elseif(CMAKE_CROSSCOMPILING)\n{_STOP}", "")),
            "should catch every other cross build",
        ),
        Wrong(
            changed(_SOLUTION, ("CROSSCOMPILING AND", 'SYSTEM_PROCESSOR STREQUAL "aarch64" AND')),
            "another one for linux-ppc64le",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ('"${SITE_PACKAGES}"', '"${Python_SITEARCH}"')),
            "destination of `install` is empty",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("(area area.cpp)", "(area src/area.cpp)")),
            "beside CMakeLists.txt",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("CMAKE_CROSSCOMPILING AND DEFINED", "DEFINED")),
            "is this a cross build?",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("Interpreter Development", "Development")), "ask that Python"),
    ),
    meanings=(
        (
            r"Cannot find source file|No SOURCES given",
            "The source file is `area.cpp`, in the same folder, beside CMakeLists.txt.",
        ),
        *branches.MEANINGS,
        *cmake_file.MEANINGS,
    ),
)
