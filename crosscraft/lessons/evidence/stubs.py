"""Read the functions of a stub file, or of a signature."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

__all__ = ["Function", "Stub", "described", "parse"]

_DEFAULT = re.compile(r"\\\d+")
"""The number of a default in one of nanobind's signatures."""
_LONGEST = 100_000
"""Characters of the longest text that is parsed."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function, as a stub describes it."""

    name: str
    """Its name."""
    arguments: tuple[str, ...]
    """The names of its arguments that can be given by position, in order."""
    types: tuple[str, ...]
    """Their types, each empty if there is none."""
    returns: str
    """The type of its result, empty if there is none."""
    is_positional: bool
    """Whether some arguments can only be given by position."""
    is_plain: bool
    """Whether there are no `*` and no arguments that can only be given by name, and its signature
    is Python."""
    defaults: int
    """How many arguments have a default."""
    docstring: str
    """Its docstring."""

    def __str__(self) -> str:
        words = zip(self.arguments, self.types, strict=True)
        listed = ", ".join(f"{name}: {kind}" if kind else name for name, kind in words)
        end = ", /" if self.is_positional else ""
        return f"def {self.name}({listed}{end})" + (f" -> {self.returns}" if self.returns else "")


@dataclass(frozen=True, slots=True)
class Stub:
    """What a stub says of a module."""

    docstring: str
    """The module's docstring."""
    functions: Mapping[str, Function]
    """Its functions by name."""


def parse(text: str) -> Stub | None:
    """Return what a stub says, or None if it isn't Python."""
    try:
        tree = ast.parse(text[:_LONGEST])
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    found = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return Stub(ast.get_docstring(tree) or "", {node.name: _function(node) for node in found})


def described(name: str, signature: str, docstring: str) -> Function:
    """Return a function by its signature, such as ``def add(a: int, b: int = \\0) -> int``.

    nanobind has such a number for the value of a default.
    """
    found = parse(f"{_DEFAULT.sub('...', signature)}: ...")
    one = found.functions.get(name) if found else None
    if one is None:
        return Function(
            name, (), (), "", is_positional=False, is_plain=False, defaults=0, docstring=docstring
        )
    return replace(one, docstring=docstring)


def _function(node: ast.FunctionDef) -> Function:
    given = node.args
    arguments = [*given.posonlyargs, *given.args]
    return Function(
        name=node.name,
        arguments=tuple(argument.arg for argument in arguments),
        types=tuple(_type(argument.annotation) for argument in arguments),
        returns=_type(node.returns),
        is_positional=bool(given.posonlyargs),
        is_plain=not (given.vararg or given.kwarg or given.kwonlyargs),
        defaults=len(given.defaults),
        docstring=ast.get_docstring(node) or "",
    )


def _type(annotation: ast.expr | None) -> str:
    return ast.unparse(annotation) if annotation else ""
