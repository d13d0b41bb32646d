"""Lesson 01: the steps from a C++ file to an import, in an order that works."""

from __future__ import annotations

import shutil

from crosscraft.lessons.evidence import commands, session
from crosscraft.lessons.evidence.commands import Shell
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises import compile_script
from crosscraft.lessons.exercises.kinds import order
from crosscraft.lessons.exercises.kinds.order import Step
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong
from crosscraft.paths import ROOT
from crosscraft.platforms import native

STEPS = (
    Step(
        "a",
        'python -c "import cpp_math; print(cpp_math.add(1, 2))"',
        "imports and calls the module",
    ),
    Step(
        "b",
        "bash compile.sh $SP_DIR/nanobind/src/nb_combined.cpp nanobind.o",
        "compiles nanobind",
    ),
    Step("c", "$CXX $LDFLAGS math.o nanobind.o -o cpp_math", "links without -shared"),
    Step("d", "mv linked.so cpp_math$suffix", "gives the extension its full name"),
    Step("e", "$CXX $LDFLAGS -shared math.o nanobind.o -o linked.so", "links with -shared"),
    Step("f", "bash compile.sh math.cpp math.o", "compiles math.cpp"),
)
"""The steps, with one that leads nowhere."""


def _prepare(work: Work) -> Shell:
    """Make a folder with the two files, and the variables that the steps use."""
    here = session.of(native())
    suffix = f".cpython-{here.variables['PY_VER'].replace('.', '')}-{here.platform.triplet}.so"
    shell = commands.prepare(work, here, here, suffix=suffix)
    shutil.copy(ROOT / "cpp_math" / "src" / "math.cpp", shell.folder)
    (shell.folder / "compile.sh").write_text(compile_script.SOLUTION, encoding="utf-8")
    return shell


EXERCISE = Exercise(
    name="order-steps",
    lesson=1,
    minutes=4,
    title="from a C++ file to an import",
    kind=Kind.ORDER,
    hint=(
        "Begin at the end: what has to be there before `import` works? Then ask the same about "
        "that, until you arrive at `math.cpp`."
    ),
    part=(
        "The linker joins two object files, so (f) and (b) come before it, and (e) is the step "
        "that makes a shared library. Two steps are left to place."
    ),
    solution='["f", "b", "e", "d", "a"]',
    check=order.check(
        STEPS,
        _prepare,
        goal="a",
        right=(
            "The two compile steps could also change places, because neither reads what the other "
            "writes."
        ),
    ),
    right=(
        ["b", "f", "e", "d", "a"],
        "fbeda",
        ("F", "B", "E", "D", "A"),
        ["(f)", "b.", "e", "d", "a"],
    ),
    wrong=(
        Wrong(["e", "f", "b", "d", "a"], "has to be compiled first"),
        Wrong(["f", "e", "b", "d", "a"], "has to be compiled first"),
        Wrong(["f", "b", "e", "a"], "not one of the names", looks_right=True),
        Wrong(["a", "f", "b", "e", "d"], "there is no file at all"),
        Wrong(["f", "b", "d", "e", "a"], "isn't there yet"),
        Wrong(["f", "b", "c", "d", "a"], "program that starts by itself", looks_right=True),
        Wrong(["f", "b", "e", "d"], "still to come"),
        Wrong(["f", "b", "e", "d", "g"], "none of the letters"),
        Wrong(["f", "f", "b", "e", "d", "a"], "twice"),
        Wrong({"f": 1}, "a list of letters"),
    ),
    meanings=(
        (
            r"(math|nanobind)\.o: No such file",
            "The linker reads the object files of both sources. One of them isn't there yet, so "
            "its source has to be compiled first.",
        ),
        (
            r"undefined reference to .main'",
            "Without `-shared` the compiler links a program that starts by itself, and a program "
            "needs a `main`. An extension is a shared library, which Python loads.",
        ),
        (
            r"No module named",
            "Python tried its names for the module, and there was no file with one of them. "
            "`linked.so` is not one of the names, and before the linker there is no file at all.",
        ),
        (r"cannot stat", "The file that this step renames isn't there yet. Which step writes it?"),
    ),
)
