"""Lesson 03: a CMakeLists.txt for native builds, built, installed and imported."""

from __future__ import annotations

import re

from crosscraft.lessons.evidence import cmake
from crosscraft.lessons.evidence.cmake import Configured, Situation
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import cmake_file
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed

_SOLUTION = """\
cmake_minimum_required(VERSION 3.19...4.3)
project(cpp_math LANGUAGES CXX)

find_package(Python 3.10 COMPONENTS Interpreter Development.Module REQUIRED)
execute_process(
  COMMAND "${Python_EXECUTABLE}" -m nanobind --cmake_dir
  OUTPUT_VARIABLE nanobind_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)

find_package(nanobind CONFIG REQUIRED)
nanobind_add_module(cpp_math src/math.cpp)
install(TARGETS cpp_math LIBRARY DESTINATION "${Python_SITEARCH}")
"""
_POLICY = (4, 1)
"""The version of CMake that introduced the policy CMP0190."""
_ASK = _SOLUTION[_SOLUTION.index("execute_process") : _SOLUTION.index("\nfind_package(nanobind")]
_ADD = "nanobind_add_module(cpp_math src/math.cpp)\n"
_OTHER = """\
file(WRITE own.cpp "#include <nanobind/nanobind.h>
NB_MODULE(cpp_math, m) { m.def(\\"add\\", [](int, int) { return 3; }); }")
nanobind_add_module(cpp_math own.cpp)
"""
_INSTALL = _SOLUTION[_SOLUTION.index("install(") :]


def check(work: Work) -> Verdict:
    """Configure the file natively, build, install, and call the extension."""
    made = cmake.configure(work, cmake_file.project(work), Situation.NATIVE)
    cmake_file.see_found(work, made)
    _look_at_version(made)
    if made.status and not made.ran("execute_process") and made.ran("find_package", "nanobind"):
        raise NotYet(
            "CMake doesn't know where nanobind is, and Python does. Run Python with "
            "`execute_process` to find out nanobind's folder.",
            made.errors[:1],
        )
    cmake_file.usable_module(work, made.accepted())
    return passed(
        "CMake asked Python for everything it needed, and that Python could run. In a cross build "
        "it can't."
    )


def _look_at_version(made: Configured) -> None:
    """Read for which versions of CMake the file is written.

    :raises NotYet: if it's none, or only versions without the policy that the lesson shows.
    """
    if made.calls and not made.ran("cmake_minimum_required"):
        raise NotYet(
            "The file doesn't say for which version of CMake it's written, so CMake behaves like a "
            "very old one. The first command of every CMakeLists.txt says it."
        )
    for call in made.ran("cmake_minimum_required"):
        versions = re.findall(r"(\d+)\.(\d+)", " ".join(call.arguments))
        newest = max((tuple(map(int, version)) for version in versions), default=_POLICY)
        if newest < _POLICY:
            raise NotYet(
                f"The file asks for the behavior of CMake {newest[0]}.{newest[1]}. The second "
                "version of the range can be newer than the oldest CMake that reads the file, and "
                "the lesson needs the behavior of 4.3."
            )


EXERCISE = Exercise(
    name="native-branch",
    lesson=3,
    minutes=10,
    title="a CMakeLists.txt for native builds",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="naive/CMakeLists.txt",
    given="# Your CMakeLists.txt: seven commands, in the order of the table above.\n",
    hint=(
        "Each row of the table is one command, in that order. The CMakeLists.txt of lesson 02 has "
        "all seven, among others."
    ),
    part=(
        'nanobind\'s folder is what `"${Python_EXECUTABLE}" -m nanobind --cmake_dir` prints, and '
        "`execute_process` puts it into `OUTPUT_VARIABLE nanobind_ROOT`. The last line is "
        '`install(TARGETS cpp_math LIBRARY DESTINATION "${Python_SITEARCH}")`.'
    ),
    solution=_SOLUTION,
    check=check,
    right=(
        changed(
            _SOLUTION,
            ("find_package", "FIND_PACKAGE"),
            (
                "COMPONENTS Interpreter Development.Module REQUIRED",
                "REQUIRED Development.Module Interpreter",
            ),
            (" LIBRARY DEST", " DEST"),
            (_ADD, f"{_ADD}set_target_properties(cpp_math PROPERTIES SUFFIX .so)\n"),
        ),
        changed(
            _SOLUTION,
            ("-m nanobind --cmake_dir", '-c "import nanobind; print(nanobind.cmake_dir())"'),
            ("nanobind_ROOT OUTPUT", "where OUTPUT"),
            ("\nfind_package(nanobind CONFIG", "find_package(nanobind PATHS ${where}"),
            (
                _ADD,
                "set(sources src/math.cpp)\nnanobind_add_module(cpp_math NB_STATIC ${sources})\n",
            ),
        ),
    ),
    wrong=(
        Wrong(changed(_SOLUTION, ("Interpreter ", "")), "no Python to run"),
        Wrong(changed(_SOLUTION, (_ASK, "")), "find out nanobind's folder"),
        Wrong(
            changed(_SOLUTION, (" OUTPUT_STRIP_TRAILING_WHITESPACE", "")),
            "in a line break",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, (_ADD, ""), ("\nfind_package(nano", f"\n{_ADD}find_package(nano")),
            "stand above it",
        ),
        Wrong(
            changed(_SOLUTION, ("nanobind_add_module(cpp_math", "add_library(cpp_math MODULE")),
            "knows nothing of Python",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, (_INSTALL, "")), "nothing to install"),
        Wrong(changed(_SOLUTION, (_ADD, _OTHER)), "comes from elsewhere"),
        Wrong(_INSTALL.join(_SOLUTION.replace(_INSTALL, "").split(_ADD)) + _ADD, "isn't there yet"),
        Wrong(changed(_SOLUTION, ("-m nanobind", "-m nanobin")), "that one failed"),
        Wrong("project(cpp_math LANGUAGES CXX)\n", "which version of CMake"),
        Wrong(changed(_SOLUTION, ("...4.3", "...4.0")), "behavior of CMake 4.0", looks_right=True),
        Wrong(
            changed(
                _SOLUTION, (_INSTALL, f"{_INSTALL}target_compile_options(cpp_math PRIVATE -x)\n")
            ),
            "error: ",
        ),
        Wrong(
            changed(_SOLUTION, ("{Python_SITEARCH}", "{Python_SITEARCH}/cpp_math")),
            "empty namespace package",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION, ("module(cpp_math", "module(math"), ("TARGETS cpp_math", "TARGETS math")
            ),
            "Python looks for `cpp_math`",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("src/math.cpp", "math.cpp")), "seen from the folder"),
        Wrong(changed(_SOLUTION, ("CONFIG REQUIRED)", "CONFIG REQUIRED")), "could not read"),
    ),
    meanings=(
        (
            r"execute_process[\s\S]*no such file or directory",
            "There was no Python to run, because `Python_EXECUTABLE` is empty. Only the component "
            "`Interpreter` of `find_package(Python …)` finds one.",
        ),
        (
            r'provided by "nanobind"',
            "CMake looks for nanobind in the folder `nanobind_ROOT`. Python has to be asked for "
            "that folder with `execute_process`, and what it prints ends in a line break, which "
            "doesn't belong to the folder's name.",
        ),
        (
            r"nanobind/nanobind\.h: No such file|Python\.h: No such file",
            "The compiler wasn't told where the headers are: `add_library` knows nothing of Python "
            "and nanobind. `nanobind_add_module` does.",
        ),
        *cmake_file.MEANINGS,
    ),
)
