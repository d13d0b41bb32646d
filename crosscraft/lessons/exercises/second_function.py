"""Lesson 01: a module with a function `sub`, from a blank page."""

from __future__ import annotations

from crosscraft.lessons.evidence import extension
from crosscraft.lessons.evidence.verdict import Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import lookup, native

_SOLUTION = """\
#include <nanobind/nanobind.h>

namespace nb = nanobind;
using namespace nb::literals;

int sub(int a, int b) { return a - b; }

NB_MODULE(more_math, m) {
    m.def("sub", &sub, "a"_a, "b"_a, "Return the difference of two integers.");
}
"""


_FORGED = ' puts("results: [2, -2]"); fflush(stdout); std::_Exit(0); '
"""Prints results at the import, and ends Python."""


def check(work: Work) -> Verdict:
    """Read the generated stub, and call `sub` on both processors."""
    made = extension.compile_file(work, work.path, native(), "more_math")
    sub = binding.of(binding.generated(made), "sub")
    binding.named(sub, "a", "b")
    binding.integers(sub)
    work.see(f"the stub has: {sub}")
    first, second = binding.numbers()
    calls = {f"sub({first}, {second})": first - second, "sub(b=5, a=3)": -2}
    arm = extension.compile_file(work, work.path, lookup("linux-aarch64"), "more_math")
    for module in (made, arm):
        binding.call(work, module, calls, "`sub(a, b)` should return a minus b.")
    return passed("You wrote a module from a blank page, and it has just run on Arm.")


EXERCISE = Exercise(
    name="second-function",
    lesson=1,
    minutes=8,
    title="a module from a blank page",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="hand/more_math.cpp",
    given="// Write the module here.\n",
    hint="Take `src/math.cpp` as a model. Which of its words change for another module?",
    part=(
        "Three things change. The C++ function is `int sub(int a, int b) { return a - b; }`, the "
        "module begins with `NB_MODULE(more_math, m) {`, and `m.def` binds `&sub`."
    ),
    solution=_SOLUTION,
    check=check,
    right=(
        changed(
            "// ____ \n// ________\n" + _SOLUTION,
            ("&sub", "[](int x, int y) { return x - y; }"),
            ("_math, m)", "_math,m)"),
        ),
        changed(_SOLUTION, ("more_math, m)", "more_math, mod)"), ("m.d", "mod.d")),
        changed(_SOLUTION, ('"a"_a, "b"_a', 'nb::arg("a"), nb::arg("b")'), ("int ", "long ")),
    ),
    wrong=(
        Wrong(changed(_SOLUTION, ("(more_math", "(cpp_math")), "has to be `more_math`"),
        Wrong(changed(_SOLUTION, ('m.def("sub"', 'm.def("add"')), "no function `sub`"),
        Wrong(changed(_SOLUTION, ("    m.def", "    // m.def")), "no function at all"),
        Wrong(changed(_SOLUTION, ('"a"_a, "b"_a, ', "")), "have no names"),
        Wrong(changed(_SOLUTION, (', "Return the difference of two integers."', "")), "docstring"),
        Wrong(changed(_SOLUTION, ("a - b", "b - a")), "a minus b", looks_right=True),
        Wrong(
            changed(_SOLUTION, ("int sub(int", "char sub(int")), "return integers", looks_right=True
        ),
        Wrong(
            changed(_SOLUTION, ("int sub(int a, int b)", "unsigned sub(unsigned a, unsigned b)")),
            "a minus b",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                ("int sub(int a, int b)", "int sub(int a, int b);\nint sub_(int a, int b)"),
            ),
            "not defined",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("using namespace nb::literals;\n", "")),
            "`using namespace nb::literals;`",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("#include <nanobind/nanobind.h>\n", "")),
            "includes nanobind's header",
        ),
        Wrong(changed(_SOLUTION, ("a - b;", "a == 5 ? 2 : -2;")), "a minus b", looks_right=True),
        Wrong(
            changed(_SOLUTION, ("int ", "short ")), "numbers that its C++ types", looks_right=True
        ),
        Wrong(changed(_SOLUTION, ("a - b;", 'a - "b";')), "is the first thing to fix"),
        Wrong(changed(_SOLUTION, ("namespace nb = nanobind;\n", "")), "the short name `nb`"),
        Wrong(changed(_SOLUTION, ("more_math, m", '"more_math", m')), "without quotes"),
        Wrong(
            changed(
                _SOLUTION, ("#include", "#include <cstdlib>\n#include"), ("m) {", f"m) {{{_FORGED}")
            ),
            "ended the whole process",
            looks_right=True,
        ),
        Wrong("// A module\n", "needs an `NB_MODULE`"),
        Wrong(
            changed(_SOLUTION, ("a - b;", "a - (sizeof(void *) == 8 && (char)-1 < 0 ? b : -b);")),
            "a minus b",
            looks_right=True,
        ),
    ),
    meanings=(
        *binding.MEANINGS,
        (
            r"unable to find string literal operator",
            "The compiler doesn't know `_a`. Add the line `using namespace nb::literals;`.",
        ),
        (
            r"PyInit_more_math",
            "Python takes the module's name from the file, so the file needs an `NB_MODULE`, and "
            "its first argument has to be `more_math`.",
        ),
        (
            r"undefined reference|undefined symbol|used but never defined",
            "The function is declared, but not defined: its body is missing, or has another name.",
        ),
    ),
)
