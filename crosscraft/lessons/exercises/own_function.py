"""Lesson 07: a third function, bound with names and a docstring, and called on Arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crosscraft.lessons.evidence import calls, extension
from crosscraft.lessons.evidence.extension import Extension
from crosscraft.lessons.evidence.stubs import Function
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import Platform, lookup, native

_CLAMP = "int clamp(int x, int low, int high) { return x < low ? low : x > high ? high : x; }\n"
_BOUND = '    m.def("clamp", &clamp, "x"_a, "low"_a, "high"_a, "Return x, but within bounds.");\n'
_SOLUTION = f"""\
#include <nanobind/nanobind.h>

namespace nb = nanobind;
using namespace nb::literals;

int add(int a, int b) {{ return a + b; }}
double mul(double a, double b) {{ return a * b; }}
{_CLAMP}
NB_MODULE(cpp_math, m) {{
    m.doc() = "Arithmetic, compiled.";
    m.def("add", &add, "a"_a, "b"_a, "Return the sum of two integers.");
    m.def("mul", &mul, "a"_a, "b"_a, "Return the product of two numbers.");
{_BOUND}}}
"""
_GIVEN = {"add(2, 3)": "5", "add(20, 22)": "42", "mul(2, 0.5)": "1.0", "mul(3, 4)": "12.0"}
"""Calls of the functions that are already there, and their results."""


def check(work: Work) -> Verdict:
    """Compile the file for both processors, call all functions, and look at the new ones."""
    here, arm = native(), lookup("linux-aarch64")
    results = {}
    for platform in (here, arm):
        made = extension.compile_file(work, work.path, platform)
        own = _own_functions(made)
        wanted = [call for function in own.values() for call in calls.of(function)]
        results[platform] = calls.results(made.python, [*_GIVEN, *wanted])
        _compare_the_given(platform, results[platform])
        work.see(f"{platform.subdir}: compiled, imported; its own: {', '.join(own)}")
    _compare_own(work, wanted, results[here], results[arm])
    for function in own.values():
        if function.is_positional:
            raise NotYet(
                f"The arguments of `{function.name}` have no names: Python sees "
                f'`{function}`. Add `"x"_a` for each one.'
            )
        if not function.docstring:
            raise NotYet(
                f"`{function.name}` has no docstring: one more string, after the names of the "
                "arguments."
            )
    return passed("Now raise the version, add a test, and build.")


def _own_functions(made: Extension) -> dict[str, Function]:
    """Return the functions that the learner has added."""
    given = {call.partition("(")[0] for call in _GIVEN}
    found = calls.functions(made.python)
    own = {name: one for name, one in found.items() if name not in given}
    if not own:
        raise NotYet(
            "There is no third function in the module yet. A C++ function without its own "
            "`m.def(…)` stays invisible to Python.",
            [f"{made.platform.subdir}: the module has {', '.join(found) or 'no function'}"],
        )
    return own


def _compare_the_given(platform: Platform, results: Mapping[str, str]) -> None:
    for call, result in _GIVEN.items():
        said, name = results.get(call, "nothing"), call.partition("(")[0]
        if said.startswith("AttributeError"):
            raise NotYet(
                f"`{name}` is not bound any more. The recipe tests it, and other people use it."
            )
        if said != result:
            raise NotYet(
                f"`{call}` should still return {result}.", [f"{platform.subdir}: {call} = {said}"]
            )


def _compare_own(
    work: Work, wanted: Sequence[str], here: Mapping[str, str], arm: Mapping[str, str]
) -> None:
    """Compare what the learner's functions return on both processors.

    :raises NotYet: if that differs. A function without arguments may name its processor.
    """
    for call in (call for call in wanted if call in here):
        name, said = call.partition("(")[0], arm.get(call, "the end of Python")
        work.see(f"{call}: {here[call]} here, {said} on Arm")
        if here[call].startswith("TypeError"):
            raise NotYet(
                f"`{name}` compiles, and a call of it fails. For a type of C++'s standard library, "
                "nanobind needs one more of its headers, such as `nanobind/stl/string.h`."
            )
        if call not in arm or not (call.endswith("()") or calls.agree(here[call], said)):
            raise NotYet(
                f"`{name}` does something else on Arm than on this machine. What in it depends on "
                "the processor? Look for an `#ifdef`, for a path without `return`, or for a type "
                "such as `char`, which has no sign there."
            )


EXERCISE = Exercise(
    name="own-function",
    lesson=7,
    title="a function of your own",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="mine/src/math.cpp",
    hint="Two lines for each function: one that defines it, and one that binds it with `m.def`.",
    part=(
        'A line such as `m.def("clamp", &clamp, "x"_a, "low"_a, "high"_a, "Keep x in bounds.");` '
        "binds a function with three arguments. It belongs in `NB_MODULE`."
    ),
    given=changed(_SOLUTION, (_CLAMP, ""), (_BOUND, "")),
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, ("clamp", "limit"), ('"x"_a', 'nb::arg("x")')),
        changed(_SOLUTION, ("&clamp", "[](int x, int low, int high) { return x + low + high; }")),
        changed(_SOLUTION, ("cpp_math, m)", "cpp_math, mod)"), ("m.d", "mod.d")),
        changed(_SOLUTION, ('"x"_a', '"arg"_a'), ("m) {\n", 'm) {\n    nb::print("[] hello");\n')),
    ),
    wrong=(
        Wrong(
            changed(_SOLUTION, ('    m.def("clamp"', '    // m.def("clamp"')), "no third function"
        ),
        Wrong(changed(_SOLUTION, ('"x"_a, "low"_a, "high"_a, ', "")), "have no names"),
        Wrong(changed(_SOLUTION, (', "Return x, but within bounds."', "")), "no docstring"),
        Wrong(changed(_SOLUTION, ("&clamp", "&klamp")), "bound to a function that C++"),
        Wrong(changed(_SOLUTION, ('    m.def("add"', '    // m.def("add"')), "not bound any more"),
        Wrong(changed(_SOLUTION, ("(cpp_math, m", "(my_math, m")), "`PyInit_cpp_math`"),
        Wrong(
            changed(_SOLUTION, ("return x < low", "return undeclared + x < low")),
            "neither a variable nor a function",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("a + b;", "a - b;")), "should still return", looks_right=True),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "{ return a + b; }",
                    "{\n#ifdef __aarch64__\n    return a - b;\n#else\n    return a + b;\n#endif\n}",
                ),
            ),
            "should still return",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                ("{ return x <", "{\n#ifdef __x86_64__\n    return x <"),
                (": x; }", ": x;\n#else\n    return low;\n#endif\n}"),
            ),
            "something else on Arm",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("NB_MODULE", "static int gone = (exit(0), 0);\n\nNB_MODULE")),
            "ended Python",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"ambiguating new declaration",
            "C++'s own library has a function of that name. Give yours another name. The one in "
            "quotes, which Python sees, can stay.",
        ),
        (
            r"\bm\.def\(.*\n.*\^",
            "`m.def` names it after `&`, so it's bound to a function that C++ does not know. "
            "Compare the two names.",
        ),
        (
            r"was not declared in this scope[^\n]*\n",
            "That name is neither a variable nor a function of your file. Look at its spelling, "
            "or define it above.",
        ),
        (
            r"PyInit_cpp_math",
            "Python looks for `PyInit_cpp_math`, so the first argument of `NB_MODULE` stays "
            "`cpp_math`.",
        ),
    ),
)
