"""The three branches of a CMakeLists.txt: CMake takes each, and what comes out is used."""

from __future__ import annotations

import textwrap
from pathlib import Path

from crosscraft.lessons.evidence import cmake, installed
from crosscraft.lessons.evidence.cmake import Configured, Situation
from crosscraft.lessons.evidence.installed import Module
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import cmake_file

__all__ = [
    "MEANINGS", "make_stubs", "take_alone", "take_cross", "take_native", "take_other",
    "take_outside",
]  # fmt: skip

_LATER = "3.12"
"""Another version of Python than the one that is installed."""

MEANINGS = (
    (
        r"CMP0190|Interpreter and/or Compiler components",
        "In a cross build, CMake must not look for an Interpreter: it couldn't run the "
        "target's. Ask for what can be read without running Python, and for nothing else.",
    ),
    (
        r"missing: Python_LIBRARIES|Development\.Embed",
        "`Development` also asks for libpython, which only a program with Python inside needs. "
        "An extension needs the headers: one component of `Development`.",
    ),
    (
        r"missing: Python_INCLUDE_DIRS",
        "CMake took a Python that runs on this machine and asked it for the target's headers. "
        "Don't ask for an Interpreter in this branch.",
    ),
    (
        r"You must invoke 'find_package\(Python",
        "nanobind wants a CMake target called `Python::Interpreter` to exist before "
        "`find_package(nanobind …)`. Define it, without looking for one.",
    ),
    (
        r'provided by "nanobind"',
        "CMake looks for nanobind's files in the folder `nanobind_ROOT`. Set it in this "
        "branch, to a folder in the site-packages of the target's Python.",
    ),
    (
        r"TO_CMAKE_PATH",
        "`nanobind_add_stub` looked for a Python to run, and a cross build has none. CMake should "
        "only come to that command if it was called with `-DSTUBS_ONLY=ON`.",
    ),
    (
        r"unknown target 'cpp_math_stub'",
        "With `-DSTUBS_ONLY=ON`, CMake still didn't come to `nanobind_add_stub`. Such an option is "
        "a variable of CMake, and no environment variable.",
    ),
)
"""Messages of CMake in one of the branches, and what they mean."""


def take_cross(work: Work, project: Path) -> Configured:
    """Configure a cross build in a conda build.

    :raises NotYet: if CMake takes another branch, or does not find the target's Python.
    :raises Refused: if CMake stops.
    """
    made = cmake.configure(work, project, Situation.CROSS)
    taken = _see_branch(work, made)
    if taken == "error":
        raise NotYet(
            "This is a cross build inside a conda build, and CMake took the branch that stops. So "
            "the condition of the cross branch is false, although `CMAKE_CROSSCOMPILING` is true "
            "and `PREFIX` is an environment variable. How does CMake ask whether an environment "
            "variable is set?"
        )
    if taken == "none":
        made.accepted()
        raise NotYet("In a cross build, CMake looked for no Python at all.")
    if any("Ignoring EXACT" in line for line in made.lines):
        raise NotYet(
            "CMake got no version, because the environment variable in that line isn't set in a "
            "conda build. Look for the one with Python's version in the lesson's table."
        )
    _check_nanobind(made)
    return made.accepted()


def _check_nanobind(made: Configured) -> None:
    """Check where CMake was sent to find nanobind.

    :raises NotYet: if nanobind isn't there.
    """
    missing = any('provided by "nanobind"' in line for line in made.errors)
    places = [*made.ran("set", "nanobind_ROOT"), *made.ran("set", "nanobind_DIR")]
    if not missing or not places:
        return
    evidence = [str(places[-1]), *_first_error(made)]
    if "$BUILD_PREFIX" in places[-1].arguments[-1]:
        raise NotYet(
            "`$BUILD_PREFIX` has the programs that run during the build, and nanobind isn't one of "
            "them: it's a library to compile against. Which folder has what you compile against?",
            evidence,
        )
    raise NotYet(
        "CMake didn't find nanobind's files in that folder. `nanobind` is a folder in the "
        "site-packages of the target's Python. Which environment variable names that folder?",
        evidence,
    )


def take_outside(work: Work, project: Path) -> None:
    """Configure a cross build outside of a conda build, where the file has to stop by itself.

    :raises NotYet: if it doesn't.
    """
    made = cmake.configure(work, project, Situation.OUTSIDE)
    taken = _see_branch(work, made)
    if taken == "error":
        return
    if taken == "cross":
        raise NotYet(
            "Outside of a conda build, CMake took the cross branch too, where `$PREFIX`, `$PY_VER` "
            "and `$SP_DIR` have no value. The first condition needs a second half.",
            _first_error(made),
        )
    if taken == "native":
        raise NotYet(
            "Outside of a conda build, a cross build took the native branch, which looks for a "
            "Python to run. The second condition should catch every other cross build.",
            _first_error(made),
        )
    raise NotYet(
        "Outside of a conda build, CMake went on without the target's Python, and failed later "
        "with a message about something else. Which mode of `message` stops CMake at once?",
        made.errors[:1],
    )


def take_other(work: Work, project: Path, cross: Configured) -> None:
    """Configure a cross build for another processor.

    :raises NotYet: if CMake takes another branch than in `cross`.
    :raises Refused: if CMake stops.
    """
    made = cmake.configure(work, project, Situation.CROSS, arm="linux-ppc64le")
    _see_branch(work, made)
    if _line(made) != _line(cross):
        raise NotYet(
            "CMake took the cross branch for linux-aarch64, and another one for linux-ppc64le. "
            "The first condition should be true in every cross build, whatever the processor."
        )
    _follows_python(work, project, made.accepted())


def _follows_python(work: Work, project: Path, cross: Configured) -> None:
    """Configure for another version of Python, in the folder of `cross`.

    :raises NotYet: if CMake still looks for the version of `cross`.
    """
    later = cmake.configure(
        work,
        project,
        Situation.CROSS,
        arm="linux-ppc64le",
        again=cross,
        variables={"PY_VER": _LATER},
    )
    for call in later.ran("find_package", "Python"):
        if cross.session.variables["PY_VER"] in call.arguments:
            raise NotYet(
                f"In a build for Python {_LATER}, CMake still looks for another version, because "
                "the file names it. Which environment variable has the version of each build?",
                [f"{later.where}: {call}"],
            )


def take_alone(work: Work, project: Path, native: Configured) -> None:
    """Configure a native build outside of a conda build, in the folder of `native`.

    :raises NotYet: if CMake takes another branch.
    """
    made = cmake.configure(work, project, Situation.ALONE, again=native)
    if _see_branch(work, made) != "native":
        raise NotYet(
            "You can also build this project without a conda build, natively, and then CMake did "
            "not take the native branch. Only a cross build needs the other two."
        )


def take_native(work: Work, project: Path, cross: Configured) -> Configured:
    """Configure a native build.

    :raises NotYet: if CMake takes another branch, such as that of `cross`.
    :raises Refused: if CMake stops.
    """
    made = cmake.configure(work, project, Situation.NATIVE)
    taken = _see_branch(work, made)
    if taken == "error":
        raise NotYet(
            "In a native build, CMake took the branch that stops. That branch is for cross builds "
            "alone: look at its condition."
        )
    if taken == "cross" and _line(made) == _line(cross):
        raise NotYet(
            "In a native build, CMake took the cross branch. `PREFIX` is set in every conda build, "
            "so the first condition needs its other half: is this a cross build?"
        )
    if taken == "none":
        made.accepted()
    if taken != "native":
        raise NotYet(
            "In a native build, CMake looked for no Python to run. Python can run here, so ask for "
            "an `Interpreter` in this branch, and then ask that Python where nanobind is.",
            _first_error(made),
        )
    return made.accepted()


def make_stubs(work: Work, project: Path, native: Configured, module: Module) -> None:
    """Make the stubs of a module natively, in the folder of `native` where it was built.

    :raises NotYet: if they don't describe the module, or are in the wrong place.
    :raises Refused: if they can't be made.
    """
    stubs = "-DSTUBS_ONLY=ON"
    made = cmake.configure(work, project, Situation.NATIVE, stubs, again=native).accepted()
    place, text = installed.stub(work, made, "cpp_math_stub", module)
    work.see(f"in a native conda build with STUBS_ONLY=ON: made {place}")
    if place != "$SP_DIR/cpp_math-stubs/__init__.pyi":
        raise NotYet("Type checkers look for the stub in `$SP_DIR/cpp_math-stubs/__init__.pyi`.")
    if "def add(a: int, b: int) -> int:" not in text:
        raise NotYet("The stub doesn't describe `add`.", text.splitlines()[:5])


def _see_branch(work: Work, made: Configured) -> str:
    """Add what shows the branch to the evidence, and return the branch."""
    taken, call = cmake_file.branch(made)
    work.see(f"{made.where}: CMake ran {call or 'no find_package(Python …) and no FATAL_ERROR'}")
    cmake_file.see_found(work, made)
    return taken


def _line(made: Configured) -> int:
    """Return the line that shows the branch, or 0."""
    _, call = cmake_file.branch(made)
    return call.line if call else 0


def _first_error(made: Configured) -> list[str]:
    """Return CMake's first error, shortened."""
    return [textwrap.shorten(error, 160, placeholder=" …") for error in made.errors[:1]]
