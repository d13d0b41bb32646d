"""Lesson 08: a third function, bound with names and a docstring."""

from __future__ import annotations

import re

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_TEXT = r'"(?:[^"\\\n]|\\.)*"'
_COMMENT = re.compile(rf"({_TEXT})|//[^\n]*|/\*.*?\*/", re.S)
_GIVEN = {"add", "mul"}

_SOLUTION = """\
#include <nanobind/nanobind.h>

namespace nb = nanobind;
using namespace nb::literals;

int add(int a, int b) { return a + b; }
double mul(double a, double b) { return a * b; }
int clamp(int x, int low, int high) { return x < low ? low : x > high ? high : x; }

NB_MODULE(cpp_math, m) {
    m.doc() = "Arithmetic, compiled.";
    m.def("add", &add, "a"_a, "b"_a, "Return the sum of two integers.");
    m.def("mul", &mul, "a"_a, "b"_a, "Return the product of two numbers.");
    m.def("clamp", &clamp, "x"_a, "low"_a, "high"_a, "Return x, kept between two bounds.");
}
"""


def check(answer: object) -> Verdict:
    """Accept a source file that binds `add`, `mul` and at least one more function."""
    if not isinstance(answer, str):
        return not_yet('Hand in the file itself: `answer = project / "mine/src/math.cpp"`.')
    source = _COMMENT.sub(lambda match: match[1] or " ", answer)
    if not re.search(r"\bNB_MODULE\s*\(\s*cpp_math\s*,", source):
        return not_yet(
            "There is no `NB_MODULE(cpp_math, m)`. Is that the text of math.cpp? Its name must "
            "stay: Python looks for `PyInit_cpp_math`."
        )
    bound = dict(_bindings(source))
    gone = sorted(_GIVEN - bound.keys())
    if gone:
        return not_yet(
            f"`{gone[0]}` is not bound any more. The recipe tests it, and other people use it."
        )
    own = {name: text for name, text in bound.items() if name not in _GIVEN}
    if not own:
        return not_yet(
            "There is no third `m.def(…)` yet. A C++ function that is not bound stays invisible "
            "to Python."
        )
    return _judge(own, source)


def _judge(own: dict[str, str], source: str) -> Verdict:
    """Check the target, the argument names and the docstring of the learner's own functions."""
    for name, text in own.items():
        target = re.match(r"\s*,\s*&\s*(\w+)", text)
        if target and not re.search(rf"\b{target[1]}\s*\([^;{{}}]*\)[^;{{}}]*\{{", source):
            return not_yet(f"`{name}` is bound to `{target[1]}`, but no function is called that.")
        takes = re.search(rf"\b{target[1]}\s*\(([^)]*)\)", source) if target else None
        if not (takes and takes[1].strip() in ("", "void")) and not re.search(
            rf'{_TEXT}_a\b|\barg\s*\(\s*"', text
        ):
            return not_yet(
                f'The arguments of `{name}` have no names. Add `"x"_a` for each, or the stub will '
                "call them arg0, arg1, …"
            )
        if not re.search(rf"{_TEXT}(?!_a)", re.sub(rf"{_TEXT}_a\b", "", text)):
            return not_yet(
                f"`{name}` has no docstring: one more string, after the names of the arguments."
            )
    return passed("Now raise the version, add a test, and build.")


def _bindings(source: str) -> list[tuple[str, str]]:
    """Return each `m.def("name", …)` of the source as the name and the rest of the call."""
    calls = re.finditer(r'\bm\s*\.\s*def\s*\(\s*"(\w+)"', source)
    return [(call[1], _to_the_end(source[call.end() :])) for call in calls]


def _to_the_end(text: str) -> str:
    """Return `text` up to the parenthesis that closes the call."""
    depth = 1
    for mark in re.finditer(rf"{_TEXT}|[()]", text):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0:
            return text[: mark.start()]
    return text


EXERCISE = Exercise(
    name="own-function",
    lesson=8,
    title="a function of your own",
    hints=(
        "Two lines for each function: one that defines it, one that binds it.",
        'The second has four parts: the name for Python, `&` and the name in C++, `"x"_a` for '
        "each argument, the docstring.",
        "`lesson.solution` has a file with a function `clamp`; yours may do anything.",
    ),
    solution=_SOLUTION,
    check=check,
    right=(
        _SOLUTION.replace("clamp", "limit").replace('"x"_a', 'nb::arg("x")'),
        _SOLUTION.replace("&clamp", "[](int x, int low, int high) { return x + low + high; }"),
    ),
    wrong=(
        (re.sub(r".*clamp.*\n", "", _SOLUTION), "no third"),
        (re.sub(r".*&clamp.*\n", "", _SOLUTION), "no third"),
        (_SOLUTION.replace('"x"_a, "low"_a, "high"_a, ', ""), "no names"),
        (_SOLUTION.replace(', "Return x, kept between two bounds."', ""), "no docstring"),
        (_SOLUTION.replace("&clamp", "&klamp"), "no function is called that"),
        (re.sub(r".*&add.*\n", "", _SOLUTION), "not bound any more"),
        (_SOLUTION.replace("(cpp_math", "(my_math"), "PyInit_cpp_math"),
        ("mine/src/math.cpp", "NB_MODULE"),
        (3, "Hand in"),
    ),
    is_file=True,
)
