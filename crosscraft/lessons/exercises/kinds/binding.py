"""Bind a C++ function: what Python sees of it, and what it returns on each processor."""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Mapping

from crosscraft.lessons.evidence import extension, stubs
from crosscraft.lessons.evidence.extension import Extension
from crosscraft.lessons.evidence.stubs import Function, Stub
from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work

__all__ = ["MEANINGS", "call", "generated", "integers", "named", "numbers", "of"]

MEANINGS = (
    (
        r'pasting "',
        "`NB_MODULE` takes the name as a word of C++, without quotes.",
    ),
    (
        r".nanobind. (is not a namespace-name|has not been declared)|.NB_MODULE. ",
        "The compiler doesn't know nanobind's words. The first line of the file includes "
        "nanobind's header.",
    ),
    (
        r".nb. has not been declared",
        "The compiler doesn't know the short name `nb`. Add the line `namespace nb = nanobind;`.",
    ),
    (
        r"number of nb::arg annotations",
        "There should be as many names as the C++ function has parameters.",
    ),
    (
        r"character literal operator",
        "In C++, single quotes are for one character. A string has double quotes.",
    ),
    (
        r"incompatible function arguments",
        "Python called the function with numbers that its C++ types don't take. Which numbers can "
        "they hold?",
    ),
    (
        r"ended the whole process|ended by the signal",
        "Your code ended the whole process, so Python could not go on. A function of a module "
        "returns, also if it has nothing to do.",
    ),
)
"""Messages of the compiler and of Python about any binding, and what they mean."""

_MARK = "results"
"""The start of the line with the results."""


def generated(made: Extension) -> Stub:
    """Return what nanobind's stub generator says of a module.

    :raises Refused: if the module cannot be imported, or its stub isn't Python.
    """
    text = extension.stub(made)
    stub = stubs.parse(text)
    if stub is None:
        raise Refused("Python, of the generated stub,", text.splitlines())
    return stub


def of(stub: Stub, name: str) -> Function:
    """Return the function called `name`.

    :raises NotYet: if the module has none.
    """
    if name not in stub.functions:
        others = ", ".join(f"`{other}`" for other in stub.functions) or "no function at all"
        raise NotYet(
            f"The module has no function `{name}`. Python sees {others}. A C++ function without "
            "its own `m.def(…)` stays invisible to Python, and the string in `m.def` is its name."
        )
    return stub.functions[name]


def named(function: Function, *arguments: str) -> None:
    """Check the names of a function's arguments, and its docstring.

    :raises NotYet: if one is missing or another.
    """
    name, line = function.name, f"the stub has: {function}"
    if function.is_positional:
        raise NotYet(
            f'The arguments of `{name}` have no names in Python. Add `"{arguments[0]}"_a` and so '
            "on, one for each argument.",
            [line],
        )
    if function.arguments != arguments and sorted(function.arguments) == sorted(arguments):
        raise NotYet(
            "The names are there in another order. The first name belongs to the first parameter "
            "of the C++ function.",
            [line],
        )
    if function.arguments != arguments:
        listed = " and ".join(f"`{argument}`" for argument in arguments)
        raise NotYet(f"The arguments of `{name}` should be called {listed}.", [line])
    if not function.docstring.strip():
        raise NotYet(
            f"`{name}` has no docstring. It's one more string, after the names of the arguments.",
            [line],
        )


def integers(function: Function) -> None:
    """Check that a function takes and returns integers.

    :raises NotYet: if it doesn't.
    """
    if {*function.types, function.returns} != {"int"}:
        raise NotYet(
            f"`{function.name}` should take and return integers, with the type `int` of C++.",
            [f"the stub has: {function}"],
        )


def numbers() -> tuple[int, int]:
    """Return two numbers that a file can't know in advance."""
    first, second = random.sample(range(100_000, 1_000_000), 2)
    return first, second


def call(work: Work, made: Extension, calls: Mapping[str, int | float], reason: str) -> None:
    """Call functions of a module, and compare the results.

    :param calls: the results, by expressions such as ``add(1, 2)``.
    :param reason: the message if a result is another.
    :raises Refused: if the module cannot be imported, or a call fails.
    """
    work.step(f"calling {made.name} for {made.platform.subdir}")
    values = ", ".join(f"{made.name}.{expression}" for expression in calls)
    # What the learner's code prints can come before and after.
    mark = f"{_MARK}-{secrets.token_hex(8)}:"
    code = f"from json import dumps; import {made.name}; "
    code += f"print('\\n{mark}', dumps([{values}], default=str))"
    printed = [line for line in made.python(code).splitlines() if line.startswith(mark)]
    if not printed:
        raise Refused(f"Python for {made.platform.subdir}", ["it ended the whole process early"])
    found = json.loads(printed[-1].removeprefix(mark))
    for (expression, result), value in zip(calls.items(), found, strict=True):
        line = f"{made.platform.subdir}: {expression} = {value}"
        if json.dumps(value) != json.dumps(result):
            raise NotYet(reason, [f"{line}, and not {result}"])
        work.see(line)
