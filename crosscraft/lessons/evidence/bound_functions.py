"""The functions of the learner's module, as Python sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crosscraft.lessons.evidence import runner

__all__ = ["Function", "functions"]

_LOOK = """
import cpp_math, json
found = {name: getattr(value, "__nb_signature__", None) for name, value in vars(cpp_math).items()}
print(json.dumps([[name, *every[0][:2]] for name, every in found.items() if every]))
"""
"""Prints the name, the signature and the docstring of each function."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that nanobind has bound."""

    name: str
    """The name in Python."""
    signature: str
    """The signature, as in a stub."""
    docstring: str
    """The docstring, or empty."""


def functions(python: Callable[[str], str]) -> dict[str, Function]:
    """Return the functions of `cpp_math`, by name.

    :param python: runs code with the module, and returns what it prints.
    """
    rows = runner.listed(python(_LOOK))
    return {name: Function(name, signature, doc or "") for name, signature, doc in rows}
