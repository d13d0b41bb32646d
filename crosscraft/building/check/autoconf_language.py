"""Read ``configure.ac`` files: the macros in them, and their arguments. Nothing is expanded.

The language is that of the manual of GNU Autoconf, "Programming in M4".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosscraft.building.check.texts import Text

__all__ = ["Macro", "macros"]

_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))dnl\b[^\n]*|^[ \t]*#[^\n]*")
_SIGN = re.compile(r"[\[\](),]")
_LONGEST = 20_000
"""Characters of a macro with its arguments."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro that is called."""

    name: str
    """Its name."""
    arguments: tuple[str, ...]
    """Its arguments as written, without the blanks around them."""
    line: int
    """From 1."""


def macros(text: Text, names: Sequence[str]) -> Iterator[Macro]:
    """Yield the calls of the macros `names`, also those in the arguments of others."""
    content = _COMMENT.sub(lambda found: " " * len(found[0]), text.content)
    for found in re.finditer(rf"\b({'|'.join(names)})\(", content):
        arguments = tuple(_arguments(content[found.end() : found.end() + _LONGEST]))
        yield Macro(found[1], arguments, text.line_of(found.start()))


def _arguments(content: str) -> Iterator[str]:
    """Yield the arguments that begin a text. Brackets quote, parentheses nest."""
    quoted = depth = start = 0
    for sign in _SIGN.finditer(content):
        word, at = sign[0], sign.start()
        if word in "[]":
            quoted = max(0, quoted + (1 if word == "[" else -1))
        elif quoted:
            continue
        elif word == "(":
            depth += 1
        elif word == ")" and depth:
            depth -= 1
        elif not depth:
            yield content[start:at].strip()
            start = at + 1
            if word == ")":
                return
