"""Lesson 01: `add` with names for its arguments and docstrings."""

from __future__ import annotations

from crosscraft.lessons.evidence import extension
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup, native

_PATH = "src/math.cpp"
_SOLUTION = (ROOT / "cpp_math" / _PATH).read_text(encoding="utf-8")
_NAMES = '"a"_a, "b"_a'
_GIVEN = changed(
    _SOLUTION,
    ("nb::literals", "nb::____"),
    ("Arithmetic, compiled.", "____"),
    (_NAMES, "____, ____"),
    ("Return the sum of two integers.", "____"),
)


def check(work: Work) -> Verdict:
    """Read the generated stub, and call `add` on both processors."""
    made = extension.compile_file(work, work.path, native())
    stub = binding.generated(made)
    add = binding.of(stub, "add")
    binding.named(add, "a", "b")
    binding.integers(add)
    if not stub.docstring:
        raise NotYet("The module has no docstring yet. `m.doc()` takes it.")
    work.see(f"the stub has: {add}")
    first, second = binding.numbers()
    calls = {f"add({first}, {second})": first + second, "add(b=2, a=1)": 3}
    for module in (made, extension.compile_file(work, work.path, lookup("linux-aarch64"))):
        binding.call(work, module, calls, "`add` should return the sum.")
    return passed("Everybody who calls `add` can use these names, on both processors.")


EXERCISE = Exercise(
    name="named-arguments",
    lesson=1,
    minutes=5,
    title="names and docstrings for add",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path=_PATH,
    given=_GIVEN,
    hint=(
        "The section above has all the pieces: where `_a` lives, what it does to a string, and "
        "what a string after the names is."
    ),
    part=(
        'The namespace is `nb::literals`, and the first name is `"a"_a`. Both docstrings are '
        "yours to write, inside the quotes."
    ),
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, (_NAMES, 'nb::arg("a"), nb::arg("b")')),
        changed(_SOLUTION, ("cpp_math, m)", "cpp_math, mod)  // was ____\n"), ("m.d", "mod.d")),
        changed(_SOLUTION, ("&add", "[](int x, int y) { return y + x; }"), ("Arithmetic", "Sums")),
        changed(_SOLUTION, ("nb::literals", "nanobind::literals"), ("Return the", "The\\n\\n")),
    ),
    wrong=(
        Wrong(changed(_SOLUTION, ("nb::literals", "nb::names")), "is not one of nanobind's"),
        Wrong(changed(_SOLUTION, ("nb::literals", "nb")), "doesn't know `_a`", looks_right=True),
        Wrong(changed(_SOLUTION, (_NAMES, '"a"_a')), "as many names as", looks_right=True),
        Wrong(changed(_SOLUTION, (_NAMES, '"b"_a, "a"_a')), "in another order", looks_right=True),
        Wrong(changed(_SOLUTION, (_NAMES, '"x"_a, "y"_a')), "should be called `a` and `b`"),
        Wrong(changed(_SOLUTION, (_NAMES, '"a", "b"')), "have no names", looks_right=True),
        Wrong(changed(_SOLUTION, (_NAMES, "a_a, b_a")), "in quotes"),
        Wrong(changed(_SOLUTION, (', "Return the sum of two integers."', "")), "`add` has no doc"),
        Wrong(changed(_SOLUTION, ("    m.doc()", "    // m.doc()")), "The module has no doc"),
        Wrong(changed(_SOLUTION, ('m.def("add"', 'm.def("sum"')), "no function `add`"),
        Wrong(changed(_SOLUTION, ("(cpp_math, m)", "(math, m)")), "stays `cpp_math`"),
        Wrong(changed(_SOLUTION, ("int", "double")), "integers"),
        Wrong(changed(_SOLUTION, ("a + b;", "a - b;")), "return the sum", looks_right=True),
        Wrong(
            changed(_SOLUTION, ("a + b;", "a == 1 ? 3 : 42;")), "return the sum", looks_right=True
        ),
        Wrong(changed(_SOLUTION, (_NAMES, "'a'_a, 'b'_a")), "has double quotes", looks_right=True),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "{ return a + b; }",
                    "{\n#ifdef __aarch64__\n    return a - b;\n#else\n    return a + b;\n#endif\n}",
                ),
            ),
            "return the sum",
            looks_right=True,
        ),
    ),
    meanings=(
        *binding.MEANINGS,
        (r"is not a namespace-name", "That is not one of nanobind's namespaces."),
        (
            r"unable to find string literal operator",
            "The compiler doesn't know `_a` here. `using namespace` should name the namespace that "
            "`_a` lives in.",
        ),
        (
            r"_a. was not declared",
            'The name of an argument is a string, in quotes, with `_a` behind it: `"a"_a`.',
        ),
        (
            r"PyInit_cpp_math",
            "Python looks for `PyInit_cpp_math`, so the first argument of `NB_MODULE` stays "
            "`cpp_math`.",
        ),
    ),
)
