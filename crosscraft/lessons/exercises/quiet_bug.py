"""Lesson 07: find a bug that stops no build, and that no message names."""

from __future__ import annotations

from crosscraft.building.check import catalogue
from crosscraft.lessons.exercises.kinds import repair
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed

_TRAP = catalogue.find("plain-compiler")
_FILE = "CMakeLists.txt"
_RECIPE = "recipe/recipe.yaml"
_PLANTED = {edit.file: edit.new for edit in repair.reproduction_of(_TRAP).edits}
_INSTALL = "    - cmake --install build\n"
_LINE = "set(CMAKE_C_COMPILER gcc)\n"


def _with(new: str) -> dict[str, str]:
    """Return the file with something else in the place of the faulty line."""
    return {_FILE: changed(_PLANTED[_FILE], (_LINE, new))}


EXERCISE = Exercise(
    name="quiet-bug",
    lesson=7,
    title="a bug that stops nothing",
    kind=Kind.REPAIR,
    hands_in=HandsIn.FOLDER,
    path=f"{repair.FOLDER}/quiet-bug",
    trap=_TRAP.name,
    hint="Build it for linux-aarch64, and inspect the package. Whose code is in it?",
    part=(
        "In a cross build, `CMAKE_ARGS` names the compiler in a toolchain file. Look in "
        "`CMakeLists.txt` for what overrides it."
    ),
    solution=_with(""),
    check=repair.check(_TRAP),
    right=(
        _with("set(CMAKE_C_COMPILER $ENV{CC})\n"),
        _with("# The recipe's CMAKE_ARGS name the compiler.\n"),
    ),
    wrong=(
        Wrong({}, "isn't right for linux-aarch64"),
        Wrong(_with("set(CMAKE_C_COMPILER cc)\n"), "isn't right for linux-aarch64"),
        Wrong(_with("set(CMAKE_C_COMPILER clang)\n"), "It doesn't work for linux-aarch64"),
        Wrong(
            _with("set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)\n"),
            "wrong for linux-64",
            looks_right=True,
        ),
        Wrong(
            {_RECIPE: changed(_PLANTED[_RECIPE], ("  script:", "  skip: true\n  script:"))},
            "nothing was built for linux-aarch64",
        ),
        Wrong(
            {
                _RECIPE: changed(_PLANTED[_RECIPE], ("    - cmake --install build\n", "")),
                **_with(""),
            },
            "removes more than the bug",
            looks_right=True,
        ),
    ),
)
