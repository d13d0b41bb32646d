"""Find the functions of the learner's module, and call them on two processors."""

from __future__ import annotations

import ast
import contextlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from crosscraft.lessons.evidence import runner, stubs
from crosscraft.lessons.evidence.stubs import Function
from crosscraft.lessons.evidence.verdict import Refused

__all__ = ["LOST", "VARIES", "agree", "differs", "functions", "of", "results"]

_LOOK = """
import {0}, json
found = {{name: getattr(value, "__nb_signature__", None) for name, value in vars({0}).items()}}
print(json.dumps([[name, *every[0][:2]] for name, every in found.items() if every]))
"""
"""Prints the name, the signature and the docstring of each function."""

_SIMPLE: Mapping[str, Sequence[object]] = {
    "int": (2, 9, 4, 7),
    "float": (2.5, 9.0, 4.25, 7.0),
    "str": ("a", "b\u00e7"),
    "bytes": (b"a", b"b\xe7"),
    "bool": (True,),
}
"""The arguments of each type. They are small, because some functions take long with others. Some
have a byte above 127, because `char` has a sign on some processors and none on others."""
_LISTS = {
    f"collections.abc.Sequence[{kind}]": (list(values), list(values[:1]))
    for kind, values in _SIMPLE.items()
}
_VALUES: Mapping[str, Sequence[object]] = {**_SIMPLE, **_LISTS}

VARIES = "another value each time"
"""The result of a call that gives another value each time."""
LOST = "the end of Python"
"""What is shown in place of a result that is missing."""

_RUN = """
import {0}, json
for call in {1!r}:
    try:
        values = {{repr(eval("{0}." + call)) for _ in range(10)}}
    except Exception as error:
        values = {{type(error).__name__ + ": " + str(error).split("\\n")[0]}}
    print(json.dumps([call, *values]), flush=True)
"""
"""Makes each call some times, and prints what came of it."""


def functions(python: Callable[[str], str], module: str = "cpp_math") -> dict[str, Function]:
    """Return the functions that nanobind has bound in a module, by name.

    :param python: runs code with the module, and returns what it prints.
    :param module: the name of the module.
    """
    rows = runner.listed(python(_LOOK.format(module)))
    return {name: stubs.described(name, signature, doc or "") for name, signature, doc in rows}


def of(function: Function) -> list[str]:
    """Return calls of a function with different arguments, or none if it takes other types."""
    if not function.is_plain or not set(function.types) <= set(_VALUES):
        return []
    return list(dict.fromkeys(_call(function, first) for first in range(2)))


def results(
    python: Callable[[str], str], calls: Iterable[str], module: str = "cpp_math"
) -> dict[str, str]:
    """Return the result of each call, or its exception.

    A call that ends Python ends the others too, so there are no results of these. One with another
    result each time has the result :data:`VARIES`.

    :param python: runs code with the module, and returns what it prints.
    :param module: the name of the module.
    """
    try:
        lines = python(_RUN.format(module, list(calls))).splitlines()
    except Refused as refused:
        lines = list(refused.lines)
    found: dict[str, str] = {}
    for line in lines:
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            call, *values = json.loads(line)
            found[call] = values[0] if len(values) == 1 else VARIES
    return found


def agree(one: str, other: str) -> bool:
    """Whether two results are the same. The last digits of numbers depend on the processor."""
    with contextlib.suppress(ValueError, SyntaxError):
        values = ast.literal_eval(one), ast.literal_eval(other)
        if all(isinstance(value, float) for value in values):
            return math.isclose(*values, rel_tol=1e-6)
    return one == other


def differs(call: str, here: Mapping[str, str], there: Mapping[str, str]) -> bool:
    """Whether a call gives something else on another processor.

    A function without arguments may name its processor.
    """
    one, other = here.get(call, LOST), there.get(call, LOST)
    return not (agree(one, other) or (call.endswith("()") and LOST not in (one, other)))


def _call(function: Function, first: int) -> str:
    """Return a call with the values from the number `first` on."""
    numbered = enumerate(function.types, start=first)
    values = (_VALUES[kind][i % len(_VALUES[kind])] for i, kind in numbered)
    return f"{function.name}({', '.join(map(repr, values))})"
