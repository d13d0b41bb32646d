"""Read C and C++ sources as far as bindings need it: includes, calls, declarations and types.

Nothing is compiled. Comments and the contents of strings are blanked first, at their length, so
that an offset is one of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["balanced", "bare", "calls", "includes", "split"]

_HIDDEN = re.compile(
    r"//(?:\\\r?\n|[^\n])*"
    r"|/\*.*?(?:\*/|\Z)"
    r'|(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?(?:\)(?P=mark)"|\Z)'
    r'|"(?:[^"\\\n]|\\.)*"?'
    r"|(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)*'?",
    re.S,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*(?:include|import)[ \t]*(["<])([^">\n]+)[">]', re.M)
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_LONGEST = 20_000
"""Characters of one argument list."""


@lru_cache(maxsize=4096)
def bare(content: str) -> str:
    """Return a source without comments and without the contents of its strings."""
    return _HIDDEN.sub(_blanked, content)


def _blanked(found: re.Match[str]) -> str:
    is_text = found[0][0] != "/"
    inner = re.sub(r"[^\n]", " ", found[0])
    return f'"{inner[1:-1]}"' if is_text and len(inner) > 1 else inner


@lru_cache(maxsize=4096)
def includes(content: str) -> tuple[tuple[str, bool, int], ...]:
    """Return the headers, whether they stand in quotes, and their offsets."""
    code = bare(content)
    return tuple(
        (found[2].strip(), found[1] == '"', found.start())
        for found in _INCLUDE.finditer(content)
        if "#" in code[found.start() : found.start(1)]
    )


def balanced(code: str, at: int) -> int:
    """Return the offset of the bracket that closes the one at `at`, or -1.

    Angle brackets count only if the first one is angular: elsewhere they compare.
    """
    angular = code[at] == "<"
    waiting: list[str] = []
    for place in range(at, min(len(code), at + _LONGEST)):
        sign = code[place]
        if sign in "([{" or (sign == "<" and angular):
            waiting.append(_PAIRS[sign])
        elif sign in ")]}" or (sign == ">" and angular and code[place - 1] != "-"):
            if waiting.pop() != sign:
                return -1
            if not waiting:
                return place
    return -1


def split(text: str) -> list[str]:
    """Return the parts of a list between its commas, not those within brackets of any kind."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        if sign in "([{<":
            depth += 1
        elif sign in ")]}" or (sign == ">" and text[place - 1 : place] != "-"):
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [part.strip() for part in [*parts, text[start:]]]


def calls(code: str, pattern: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    """Yield each call of a function whose name matches `pattern`, with its arguments."""
    for found in re.finditer(rf"{pattern}\s*\(", code):
        end = balanced(code, found.end() - 1)
        if end > 0:
            yield found, split(code[found.end() : end])
