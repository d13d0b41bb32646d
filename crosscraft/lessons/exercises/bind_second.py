"""Lesson 01: the line that binds a second function."""

from __future__ import annotations

from crosscraft.lessons.evidence import extension
from crosscraft.lessons.evidence.verdict import Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import lookup, native

_LINE = 'm.def("mul", &mul);'
_GIVEN = """\
#include <nanobind/nanobind.h>

int add(int a, int b) { return a + b; }
int mul(int a, int b) { return a * b; }

NB_MODULE(pair, m) {
    m.def("add", &add);
    ____
}
"""
_SOLUTION = changed(_GIVEN, ("____", _LINE))


def check(work: Work) -> Verdict:
    """Compile the module for both processors, and call both functions."""
    made = extension.compile_file(work, work.path, native(), "pair")
    stub = binding.generated(made)
    binding.of(stub, "add")
    mul = binding.of(stub, "mul")
    work.see(f"the stub has: {mul}")
    first, other = binding.numbers()
    factor = 3 + other % 1000
    calls = {
        "mul(6, 7)": 42,
        f"mul({first}, {factor})": first * factor,
        f"add({other}, 1)": other + 1,
    }
    arm = extension.compile_file(work, work.path, lookup("linux-aarch64"), "pair")
    for module in (made, arm):
        binding.call(
            work, module, calls, "`mul` should return the product, and `add` still the sum."
        )
    return passed("Python sees both functions now, on both processors.")


EXERCISE = Exercise(
    name="bind-second",
    lesson=1,
    minutes=3,
    title="the line that binds mul",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path="hand/pair.cpp",
    given=_GIVEN,
    hint="The line above the blank binds `add`. Which of its words change for `mul`?",
    part="Two words change: the name in quotes, which Python sees, and the C++ function after `&`.",
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, (_LINE, 'm.def("mul", mul);')),
        changed(_SOLUTION, (_LINE, 'm.def("mul", [](int x, int y) { return y * x; });')),
        changed(_SOLUTION, (_LINE, 'm.def("mul", &mul, "Return the product.");')),
    ),
    wrong=(
        Wrong(changed(_SOLUTION, (_LINE, 'm.def("multiply", &mul);')), "no function `mul`"),
        Wrong(
            changed(_SOLUTION, (_LINE, 'm.def("mul", &add);')),
            "return the product",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, (_LINE, _LINE.rstrip(";"))), "ends with a semicolon"),
        Wrong(
            changed(_SOLUTION, (_LINE, f"#ifdef __x86_64__\n    {_LINE}\n#endif")),
            "for one processor only",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, (_LINE, "m.def(mul, &mul);")), "double quotes", looks_right=True),
        Wrong(changed(_SOLUTION, (_LINE, "m.def('mul', &mul);")), "double quotes"),
        Wrong(changed(_SOLUTION, (_LINE, 'm.def("mul", &mul(a, b));')), "without calling it"),
        Wrong(changed(_SOLUTION, (_LINE, 'm.def("mul" &mul);')), "comma"),
        Wrong(
            changed(_SOLUTION, (_LINE, 'm.def("mul", [](int a, int) { return a * 7; });')),
            "return the product",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, (_LINE, 'def("mul", &mul);')), "a function of `m`", looks_right=True
        ),
        Wrong(changed(_SOLUTION, (_LINE, f"// {_LINE}")), "no function `mul`"),
        Wrong(
            changed(_SOLUTION, ("return a * b", "return a << 1")),
            "return the product",
            looks_right=True,
        ),
    ),
    meanings=(
        *binding.MEANINGS,
        (r"expected .;.", "In C++, a statement ends with a semicolon."),
        (r".def. was not declared", "`def` is a function of `m`, the module: `m.def`."),
        (
            r"no matching function for call to .*def\(|invalid conversion",
            "`m.def` takes the name for Python first, as a string in double quotes.",
        ),
        (r"binary .operator&", "A comma separates the name from the function."),
        (
            r"\b[ab]\W+ was not declared|too few arguments to function",
            "`m.def` takes the function without calling it, so nothing follows its name.",
        ),
        (
            r"module 'pair' has no attribute",
            "That line is compiled for one processor only. It has to be in the module on both.",
        ),
        (
            r"was not declared in this scope",
            "That name is no function of this file. Compare it with the two functions above.",
        ),
        (
            r"PyInit_pair",
            "Python looks for `PyInit_pair`, so the first argument of `NB_MODULE` stays `pair`.",
        ),
    ),
)
