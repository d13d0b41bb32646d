"""Lesson 01: a module whose file and source disagree about its name."""

from __future__ import annotations

from collections.abc import Sequence

from crosscraft.lessons.evidence import extension
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import lookup, native

_GIVEN = """\
#include <nanobind/nanobind.h>

double area(double width, double height) { return width * height; }

NB_MODULE(shapes, m) {
    m.def("area", &area);
}
"""
_SOLUTION = changed(_GIVEN, ("shapes", "geometry"))

_WANTED = "PyInit_geometry"


def check(work: Work) -> Verdict:
    """Compile the file as the module `geometry`, import it, and call it."""
    made = extension.compile_file(work, work.path, native(), "geometry")
    symbols = ", ".join(made.facts.init_symbols) or "no module"
    work.see(f"compiled {made.path.name}, which defines {symbols}")
    try:
        binding.of(binding.generated(made), "area")
    except Refused as refused:
        raise NotYet(_why(made.facts.init_symbols), [f"Python: {refused.lines[0]}"]) from None
    arm = extension.compile_file(work, work.path, lookup("linux-aarch64"), "geometry")
    width, _ = binding.numbers()
    calls = {"area(2, 3.5)": 7.0, f"area({width}, 0.5)": width / 2}
    for module in (made, arm):
        binding.call(work, module, calls, "`area` should still return width times height.")
    return passed("The name of the file and the name in `NB_MODULE` are the same now.")


def _why(symbols: Sequence[str]) -> str:
    """Return what to look at, by the functions that the file defines."""
    if _WANTED in [symbol.replace("PyInit_PyInit_", "PyInit_") for symbol in symbols]:
        return "`NB_MODULE` adds `PyInit_` for you, so give it the bare name."
    if _WANTED.lower() in map(str.lower, symbols):
        return "Nearly! C is strict about capital letters, and so is Python."
    if not symbols:
        return "The file has no `NB_MODULE` any more, so Python finds no module in it."
    return (
        "Python takes the module's name from the file, and looks for the function of that name. "
        "Which word of the source gives the function its name?"
    )


EXERCISE = Exercise(
    name="wrong-name",
    lesson=1,
    minutes=3,
    title="the name in the source",
    kind=Kind.REPAIR,
    hands_in=HandsIn.FILE,
    path="hand/geometry.cpp",
    given=_GIVEN,
    hint=(
        "Which function does Python look for in `geometry.….so`? And which word of the source "
        "gives that function its name?"
    ),
    part="`NB_MODULE(name, m)` defines the function `PyInit_name`. Python wants `PyInit_geometry`.",
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, ("geometry, m)", "geometry, module_)"), ("m.d", "module_.d")),
        changed(_SOLUTION, ("(geometry, m) {", "( geometry , m )\n{\n    // was: shapes")),
        changed(_SOLUTION, ("&area", "[](double w, double h) { return w * h; }")),
    ),
    wrong=(
        Wrong(changed(_GIVEN, ('m.def("area"', 'm.def("geometry"')), "takes the module's name"),
        Wrong(changed(_GIVEN, ("area", "geometry")), "takes the module's name"),
        Wrong(changed(_GIVEN, ("shapes", "Geometry")), "capital", looks_right=True),
        Wrong(changed(_GIVEN, ("shapes", "PyInit_geometry")), "adds `PyInit_` for you"),
        Wrong(changed(_GIVEN, ("shapes", '"geometry"')), "without quotes", looks_right=True),
        Wrong(changed(_SOLUTION, ('m.def("area"', 'm.def("geometry"')), "no function `area`"),
        Wrong(
            changed(_SOLUTION, ("width * height;", "width + height;")),
            "width times height",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION, ("return", "\n#ifdef __aarch64__\n    return 0;\n#endif\n    return")
            ),
            "width times height",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("width *", "std::string(width) *")), "first thing to fix"),
        Wrong(_SOLUTION.partition("NB_MODULE")[0], "has no `NB_MODULE`"),
    ),
    meanings=binding.MEANINGS,
)
