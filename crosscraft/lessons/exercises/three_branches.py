"""Lesson 04: the blanks of the finished CMakeLists.txt, configured, built and run."""

from __future__ import annotations

import re

from crosscraft.lessons.evidence.verdict import Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import branches, cmake_file
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn, Kind, Wrong, changed

_SOLUTION = (cmake_file.KEY / "CMakeLists.txt").read_text(encoding="utf-8")
_HEAD, _CROSS, _STOP, _NATIVE, _TAIL = re.split(
    r"^(?:(?:else)?if\(CMAKE_CROSS.*|else\(\)|endif\(\))\n", _SOLUTION, maxsplit=4, flags=re.M
)
"""The parts of the file between its first `if`, `elseif`, `else` and `endif`."""

_CONDITION = "CMAKE_CROSSCOMPILING AND DEFINED ENV{PREFIX}"
_NANOBIND = "$ENV{SP_DIR}/nanobind/cmake"
_IN_BUILD = "$ENV{BUILD_PREFIX}/lib/python3.11/site-packages"
_HEADERS = 'set(Python_INCLUDE_DIR "$ENV{PREFIX}/include/python$ENV{PY_VER}")'
_OLDER = (("3.19...4.3", "3.19...4.0"), ("  add_executable", "  # add_executable"))
_GIVEN = changed(
    _SOLUTION,
    (_CONDITION, BLANK),
    (", so Interpreter must not be asked for", ""),
    ("PY_VER} EXACT COMPONENTS Development.Module", f"{BLANK}}} EXACT COMPONENTS {BLANK}"),
    (_NANOBIND, f"$ENV{{{BLANK}}}/nanobind/cmake"),
    ('"$ENV{SP_DIR}"', f'"$ENV{{{BLANK}}}"'),
    ("add_executable(Python::Interpreter", f"add_executable({BLANK}"),
    ("elseif(CMAKE_CROSSCOMPILING)", f"elseif({BLANK})"),
    ("FATAL_ERROR", BLANK),
    ("if(STUBS_ONLY)", f"if({BLANK})"),
)


def check(work: Work) -> Verdict:
    """Take each of the three branches, use what comes out, and make the stubs."""
    project = cmake_file.project(work)
    cross = branches.take_cross(work, project)
    branches.take_outside(work, project)
    native = branches.take_native(work, project, cross)
    branches.take_other(work, project, cross)
    cmake_file.usable_module(work, cross)
    module = cmake_file.usable_module(work, native)
    branches.make_stubs(work, project, native, module)
    branches.take_alone(work, project, native)
    return passed(
        "CMake took each of your three branches where it belongs, both extensions work, and the "
        "stubs are made where the extension can run."
    )


EXERCISE = Exercise(
    name="three-branches",
    lesson=4,
    minutes=8,
    title="a CMakeLists.txt with three branches",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path="CMakeLists.txt",
    given=_GIVEN,
    hint=(
        "The table above says who sets which variable. The first branch needs two facts: this is "
        "a cross build, and a build tool has set `PREFIX`."
    ),
    part=(
        "The first condition is `CMAKE_CROSSCOMPILING AND DEFINED ENV{PREFIX}`, and the second is "
        "its first half. Python's version is in `$ENV{PY_VER}`. Only `Development.Module` can be "
        "found without running Python, so the name `Python::Interpreter` gets an empty target. "
        "nanobind is below site-packages, so both lines use the same variable. The last condition "
        "is the name of the `option` at the top."
    ),
    solution=_SOLUTION,
    check=check,
    right=(
        f"{_HEAD}if(CMAKE_CROSSCOMPILING)\nif(DEFINED ENV{{PREFIX}})\n{_CROSS}else()\n{_STOP}"
        f"endif()\nelse()\n{_NATIVE}endif()\n{_TAIL}",
        changed(
            f"{_HEAD}IF(NOT CMAKE_CROSSCOMPILING)\n{_NATIVE}ELSEIF(NOT DEFINED ENV{{SP_DIR}})\n"
            f"{_STOP}ELSE()\n{_CROSS}ENDIF()\n{_TAIL}",
            ("find_package", "FIND_PACKAGE"),
            ("set(", "Set( "),
            ("message(STATUS", "# ("),
        ),
        changed(
            _SOLUTION,
            ("DEFINED ENV{PREFIX}", "DEFINED ENV{CONDA_BUILD}"),
            (
                "src/math.cpp)",
                "src/math.cpp)\nset_target_properties(cpp_math PROPERTIES SUFFIX .so)",
            ),
            ("nanobind_ROOT", "nanobind_DIR"),
            (
                "COMPONENTS Development.Module REQUIRED",
                "REQUIRED\n    COMPONENTS Development.Module",
            ),
        ),
    ),
    wrong=(
        Wrong(_HEAD, "no Python at all"),
        Wrong(changed(_SOLUTION, (_CONDITION, "CMAKE_CROSSCOMPILING")), "needs a second half"),
        Wrong(
            changed(_SOLUTION, ("DEFINED ENV{PREFIX}", "ENV{PREFIX}")),
            "ask whether an environment variable is set",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, (_CONDITION, "DEFINED ENV{PREFIX}")),
            "is this a cross build?",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("elseif(CMAKE_CROSSCOMPILING)", "elseif(DEFINED ENV{PREFIX})")),
            "every other cross build",
        ),
        Wrong(
            changed(_SOLUTION, ("elseif(CMAKE_CROSS", "elseif(NOT DEFINED ENV{PREFIX}) # (")),
            "Only a cross build needs",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                ("CMAKE_CROSSCOMPILING AND", "CMAKE_SYSTEM_PROCESSOR MATCHES arm|aarch AND"),
            ),
            "whatever the processor",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("FATAL_ERROR", "WARNING")), "Which mode of `message`"),
        Wrong(
            changed(_SOLUTION, ("EXACT COMPONENTS", "EXACT COMPONENTS Interpreter")),
            "must not look for an Interpreter",
        ),
        Wrong(
            changed(_SOLUTION, ("EXACT COMPONENTS", "EXACT COMPONENTS Interpreter"), *_OLDER),
            "asked it for the target's headers",
        ),
        Wrong(
            changed(
                _SOLUTION,
                ("EXACT COMPONENTS", "EXACT COMPONENTS Interpreter"),
                ("  find_package(Python $", f"  {_HEADERS}\n  find_package(Python $"),
                *_OLDER,
            ),
            "that was this machine's",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("COMPONENTS Development.Module", "COMPONENTS Development")),
            "also asks for libpython",
        ),
        Wrong(
            changed(_SOLUTION, ("ENV{PY_VER}", "ENV{PYTHON_VERSION}")),
            "CMake got no version",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("$ENV{PY_VER} EXACT", "3.11 EXACT")),
            "because the file names it",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, (_NANOBIND, "$ENV{PREFIX}/nanobind/cmake")), "in that folder"),
        Wrong(
            changed(_SOLUTION, (_NANOBIND, f"{_IN_BUILD}/nanobind/cmake")),
            "programs that run during the build",
        ),
        Wrong(
            changed(_SOLUTION, ('"$ENV{SP_DIR}"', f'"{_IN_BUILD}"')),
            "Which Python's site-packages",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ('"$ENV{SP_DIR}"', '"${Python_SITEARCH}"')),
            "destination of `install` is empty",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("  add_executable", "  # add_executable")),
            "called `Python::Interpreter` to exist",
        ),
        Wrong(
            changed(_SOLUTION, ("if(STUBS_ONLY)", "if(NOT STUBS_ONLY)")), "a cross build has none"
        ),
        Wrong(
            changed(_SOLUTION, ("if(STUBS_ONLY)", "if(DEFINED ENV{STUBS_ONLY})")),
            "a variable of CMake",
            looks_right=True,
        ),
    ),
    meanings=(*branches.MEANINGS, *cmake_file.MEANINGS),
)
