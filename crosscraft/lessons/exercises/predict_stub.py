"""Lesson 01: the line for a function in a stub file."""

from __future__ import annotations

from crosscraft.lessons.evidence import extension, stubs
from crosscraft.lessons.evidence.stubs import Function
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong
from crosscraft.platforms import native
from crosscraft.text import printable

_SOURCE = """\
#include <nanobind/nanobind.h>

using namespace nanobind::literals;

double multiply(double x, double y) { return x * y; }

NB_MODULE(cpp_math, m) {
    m.def("scale", &multiply, "value"_a, "factor"_a);
}
"""
_FORM = 'The answer is one line of Python, in quotes: `answer = "def …"`.'


def check(work: Work) -> Verdict:
    """Compile the module, and compare the line with the one in its generated stub."""
    if not isinstance(work.answer, str):
        raise NotYet(_FORM)
    line = work.answer.strip(" \n`")
    tried = (stubs.parse(f"{line}{end}") for end in ("", " ...", ": ..."))
    stub = next((one for one in tried if one), None)
    if stub is None or len(stub.functions) != 1:
        raise NotYet(f"That is not the first line of a Python function. {_FORM}")
    (said,) = stub.functions.values()
    source = work.scratch / "scale.cpp"
    source.write_text(_SOURCE, encoding="utf-8")
    (real,) = binding.generated(extension.compile_file(work, source, native())).functions.values()
    work.see(f"you said:     {printable(' '.join(line.split()))[:200]}")
    work.see(f"the stub has: {real}")
    problem = _problem(said, real)
    if problem:
        raise NotYet(problem)
    return passed("Every word of it comes from `m.def` or from the C++ types.")


def _problem(said: Function, real: Function) -> str | None:
    """Return what the first difference means."""
    types = {*said.types, said.returns}
    rows = (
        (
            said.name == "multiply",
            "`multiply` is what C++ calls the function. Which name did `m.def` put in the module?",
        ),
        (said.name != real.name, "The function's name in Python is the string in `m.def`."),
        (
            said.arguments == ("x", "y"),
            "`x` and `y` are for the C++ compiler, which drops them. Look for the `_a`.",
        ),
        (
            said.arguments == ("arg0", "arg1"),
            "nanobind makes up names for arguments without one. These two have names, before `_a`.",
        ),
        (
            said.arguments != real.arguments,
            "The names of the arguments, in order, are those in quotes before `_a`.",
        ),
        (
            said.is_positional != real.is_positional,
            "The `/` was there while the arguments had no names. Compare before.pyi and after.pyi.",
        ),
        (
            (said.is_plain, said.defaults) != (real.is_plain, real.defaults),
            "There is more in your line than two plain arguments: `m.def` has neither `*` nor `=`.",
        ),
        (not said.returns, "The return type is missing. Look at what follows `->` in after.pyi."),
        ("" in types, "An argument has no type. Look at how after.pyi writes them."),
        ("double" in types, "`double` is C++. Which Python type is for such numbers?"),
        (
            (said.types, said.returns) != (real.types, real.returns),
            "The types come from the C++ signature, and all three are `double` there.",
        ),
    )
    return next((text for differs, text in rows if differs), None)


EXERCISE = Exercise(
    name="predict-stub",
    lesson=1,
    minutes=4,
    title="what the stub says of a function",
    kind=Kind.PREDICT,
    hint=("Take the stub's line for `add` as a model. Where does each of its words come from?"),
    part=(
        "The names are those in quotes in `m.def`, and the types are those of the C++ function. "
        "Python has one type for numbers with a fraction, and a C++ `double` becomes that."
    ),
    solution='"def scale(value: float, factor: float) -> float:"',
    check=check,
    right=(
        "def scale(value: float, factor: float) -> float: ...",
        "def scale(value:float,factor:float)->float",
        'def scale(value: float, factor: float) -> float:\n    """Scale."""',
        "  def scale( value : float, factor : float ) -> float :",
    ),
    wrong=(
        Wrong("def multiply(value: float, factor: float) -> float", "what C++ calls"),
        Wrong("def product(value: float, factor: float) -> float", "string in `m.def`"),
        Wrong("def scale(x: float, y: float) -> float: ...", "drops them", looks_right=True),
        Wrong("def scale(arg0: float, arg1: float, /) -> float: ...", "makes up names"),
        Wrong("def scale(value: float, factor: float, /) -> float: ...", "`/`", looks_right=True),
        Wrong("def scale(value: float, factor: float = 1) -> float", "neither `*`"),
        Wrong("def scale(value: double, factor: double) -> double", "is C++", looks_right=True),
        Wrong("def scale(value: float, factor: float)", "return type is missing"),
        Wrong("def scale(value, factor) -> float", "no type"),
        Wrong("def scale(value: int, factor: int) -> int", "C++ signature"),
        Wrong("def scale(factor: float, value: float) -> float", "in order"),
        Wrong("double scale(double value, double factor);", "not the first line"),
        Wrong(2.0, "in quotes"),
    ),
)
