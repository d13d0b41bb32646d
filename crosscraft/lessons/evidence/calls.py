"""Call the functions of the learner's module, to compare what they return on two processors."""

from __future__ import annotations

import ast
import contextlib
import json
import math
from collections.abc import Callable, Iterable

from crosscraft.lessons.evidence import stubs
from crosscraft.lessons.evidence.bound_functions import Function
from crosscraft.lessons.evidence.verdict import Refused

__all__ = ["agree", "of", "results"]

_VALUES = {"int": (2, 9, 4, 7), "float": (2.5, 9.0, 4.25, 7.0), "str": ("a", "bc"), "bool": (True,)}
"""The arguments of each type. They are small, because some functions take long with others."""

_RUN = """
import cpp_math, json
for call in {!r}:
    try:
        values = {{repr(eval("cpp_math." + call)) for _ in range(10)}}
    except Exception as error:
        values = {{type(error).__name__ + ": " + str(error).split("\\n")[0]}}
    print(json.dumps([call, *values]), flush=True)
"""
"""Makes each call some times, and prints what came of it."""


def of(function: Function) -> list[str]:
    """Return calls of a function with different arguments, or none if it takes other types."""
    found = stubs.parse(f"{function.signature}: ...")
    one = found.functions.get(function.name) if found else None
    if one is None or not one.is_plain or not set(one.types) <= set(_VALUES):
        return []
    return list(dict.fromkeys(_call(one, first) for first in range(2)))


def results(python: Callable[[str], str], calls: Iterable[str]) -> dict[str, str]:
    """Return the result of each call, or its exception.

    A call that ends Python ends the others too. One with another result each time is left out.

    :param python: runs code with the module, and returns what it prints.
    """
    try:
        lines = python(_RUN.format(list(calls))).splitlines()
    except Refused as refused:
        lines = list(refused.lines)
    found: dict[str, str] = {}
    for line in lines:
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            call, value = json.loads(line)
            found[call] = value
    return found


def agree(one: str, other: str) -> bool:
    """Whether two results are the same. The last digits of numbers depend on the processor."""
    with contextlib.suppress(ValueError, SyntaxError):
        values = ast.literal_eval(one), ast.literal_eval(other)
        if all(isinstance(value, float) for value in values):
            return math.isclose(*values, rel_tol=1e-6)
    return one == other


def _call(function: stubs.Function, first: int) -> str:
    """Return a call with the values from the number `first` on."""
    numbered = enumerate(function.types, start=first)
    values = (_VALUES[kind][i % len(_VALUES[kind])] for i, kind in numbered)
    return f"{function.name}({', '.join(map(repr, values))})"
