"""Lesson 01: the line for a function in a stub file."""

from __future__ import annotations

import ast

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_FORM = 'The answer is one line of Python, in quotes: `answer = "def …"`.'


def check(answer: object) -> Verdict:
    """Accept the signature, with any spacing and any body."""
    if not isinstance(answer, str):
        return not_yet(_FORM)
    function = _parse(answer)
    if function is None:
        return not_yet(f"That is not the first line of a Python function. {_FORM}")
    arguments = [*function.args.posonlyargs, *function.args.args]
    problem = (
        _name_problem(function.name)
        or _argument_problem([argument.arg for argument in arguments])
        or _position_problem(function.args)
        or _type_problem([*(argument.annotation for argument in arguments), function.returns])
    )
    if problem:
        return not_yet(problem)
    return passed("Every word of it is from `m.def` or from the C++ types.")


def _parse(answer: str) -> ast.FunctionDef | None:
    text = answer.strip().removesuffix("...").rstrip().removesuffix(":")
    try:
        body = ast.parse(f"{text}: ...").body if len(text) < 500 else []
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return body[0] if len(body) == 1 and isinstance(body[0], ast.FunctionDef) else None


def _name_problem(name: str) -> str | None:
    if name == "multiply":
        return (
            "`multiply` is what C++ calls the function. Which name did `m.def` put in the module?"
        )
    if name != "scale":
        return f"No function {name[:40]!r} is in the module. Look at the string in `m.def`."
    return None


def _argument_problem(names: list[str]) -> str | None:
    if names == ["x", "y"]:
        return "`x` and `y` are for the C++ compiler, which drops them. Look for the `_a`."
    if names == ["arg0", "arg1"]:
        return "Made-up names are for arguments without one, and these two have names: see the `_a`"
    if names != ["value", "factor"]:
        return "The arguments' names, in order, are those in quotes before `_a`."
    return None


def _position_problem(arguments: ast.arguments) -> str | None:
    if arguments.posonlyargs:
        return "The `/` was there while the arguments had no names. Compare before.pyi, after.pyi."
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
        return "There is more in it than two plain arguments: neither `*` nor `=` is in `m.def`."
    return None


def _type_problem(types: list[ast.expr | None]) -> str | None:
    *_, returned = types
    if returned is None:
        return "The return type is missing. Look at what follows `->` in after.pyi."
    if None in types:
        return "An argument has no type. Look at how after.pyi writes them."
    words = {ast.unparse(kind) for kind in types if kind is not None}
    if "double" in words:
        return "`double` is C++. Which Python type is for such numbers?"
    if words != {"float"}:
        return "The types come from the C++ signature, and all three are `double` there."
    return None


EXERCISE = Exercise(
    name="predict-stub",
    lesson=1,
    title="what the stub says of a function",
    hints=(
        "Take the stub's line for `add` as a model. What does each of its words come from?",
        "The names are those in quotes in `m.def`; the types are those of the C++ function.",
        "Python has one type for numbers with a fraction, and a C++ `double` becomes that.",
    ),
    solution='"def scale(value: float, factor: float) -> float:"',
    check=check,
    right=(
        "def scale(value: float, factor: float) -> float: ...",
        "def scale(value:float,factor:float)->float",
    ),
    wrong=(
        ("def multiply(value: float, factor: float) -> float", "what C++ calls"),
        ("def scale(x: float, y: float) -> float: ...", "drops them"),
        ("def scale(arg0: float, arg1: float, /) -> float: ...", "Made-up names"),
        ("def scale(value: float, factor: float, /) -> float: ...", "`/`"),
        ("def scale(value: double, factor: double) -> double", "is C++"),
        ("def scale(value: float, factor: float)", "return type is missing"),
        ("def scale(value, factor) -> float", "no type"),
        ("def scale(value: int, factor: int) -> int", "C++ signature"),
        ("def scale(factor: float, value: float) -> float", "in order"),
        ("double scale(double value, double factor);", "not the first line"),
        (2.0, "in quotes"),
    ),
)
