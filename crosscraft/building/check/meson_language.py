"""Read ``meson.build`` files: calls, their arguments, and whether a cross build reaches them.

The language is that of https://mesonbuild.com/Syntax.html. Nothing is executed. Of the conditions
only those are decided that have the same value in every cross build to the target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from crosscraft.building.check.texts import Text
from crosscraft.building.check.three_valued import both, either, negated

__all__ = ["Call", "Known", "Statement", "Token", "statements"]

_TOKEN = re.compile(
    r"(?P<blank>(?:[ \t\r]|\\\r?\n)+)|(?P<comment>\#[^\n]*)|(?P<newline>\n)"
    r"|f?'''(?P<long>.*?)(?:'''|\Z)|f?'(?P<string>(?:[^'\\\n]|\\.)*)(?:'|$)"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<number>\d\w*)|(?P<sign>[=!<>+]=|.)",
    re.S | re.M,
)
_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")
_DEEPEST = 50
"""Parentheses within each other. A statement with more is left out."""
_LONGEST = 200
"""Words of a condition."""
_FARTHEST = 30
"""Words back from a parenthesis to what is called."""
_LARGEST = 200_000
"""Characters of a file. What follows is left out."""
_WORDS = ("not", "and", "or", "in", "if", "elif")
_BRANCHES = ("if", "elif", "else", "endif", "foreach", "endforeach")

Known = Mapping[str, "bool | str"]
"""The values of expressions such as ``meson.is_cross_build()``, as written without blanks."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a file."""

    kind: str
    """``name``, ``string``, ``number`` or ``sign``."""
    text: str
    """As written. Of a string, what is in it."""
    line: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function or a method."""

    name: str
    """The function, or the method with what it is called on: ``meson.get_compiler('c').run``."""
    arguments: tuple[tuple[Token, ...], ...]
    """The arguments without a keyword."""
    keywords: Mapping[str, tuple[Token, ...]]
    """The arguments with a keyword."""
    line: int
    """Of the opening parenthesis, from 1."""
    end: int
    """Of the closing parenthesis."""

    def is_native(self) -> bool | None:
        """Whether it says ``native: true``. None if that depends on something."""
        value = "".join(token.text for token in self.keywords.get("native", ()))
        return {"": False, "false": False, "true": True}.get(value)


@dataclass(frozen=True)
class Statement:
    """A statement of a ``meson.build`` file."""

    tokens: tuple[Token, ...]
    """Its words."""
    file: str
    """The path in the project."""
    reached: bool | None = True
    """Whether a cross build gets here: None if that depends on something unknown."""

    @property
    def keyword(self) -> str:
        """``if``, ``elif``, ``else``, ``endif``, ``foreach``, ``endforeach``, or empty."""
        first = self.tokens[0]
        return first.text if first.kind == "name" and first.text in _BRANCHES else ""

    @property
    def assigned(self) -> str:
        """The variable that is set, or empty."""
        signs = [token.text for token in self.tokens[:2]]
        return signs[0] if len(signs) == 2 and signs[1] == "=" else ""

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The calls in it, outer ones first."""
        starts = [at for at, token in enumerate(self.tokens) if _is(token, "(")]
        return tuple(call for at in starts for call in _call(self.tokens, at))


def statements(text: Text, known: Known, reached: bool | None = True) -> Iterator[Statement]:
    """Yield the statements of a file, in order.

    :param known: the values of expressions that are the same in every cross build.
    :param reached: whether a cross build gets to the file.
    """
    variables = dict(known)
    # For each open `if`: whether the branch is taken, and whether an earlier branch was.
    taken: list[tuple[bool | None, bool | None]] = []
    for tokens in _lines(text):
        statement = Statement(tokens, text.name)
        if statement.keyword in ("endif", "endforeach"):
            taken = taken[:-1]
        elif statement.keyword in ("elif", "else") and taken:
            _, before = taken.pop()
            holds = True if statement.keyword == "else" else _value(tokens[1:], variables)
            taken.append((both(negated(before), holds), either(before, holds)))
        here = reached
        for branch, _ in taken:
            here = both(here, branch)
        yield replace(statement, reached=here)
        if statement.keyword == "if":
            holds = _value(tokens[1:], variables)
            taken.append((holds, holds))
        elif statement.keyword == "foreach":
            taken.append((None, False))
        elif statement.assigned:
            _remember(statement.assigned, _value(tokens[2:], variables), variables)


def _remember(name: str, value: bool | None, variables: dict[str, bool | str]) -> None:
    # A variable that gets a second value is unknown.
    if value is None or name in variables:
        variables.pop(name, None)
    else:
        variables[name] = value


def _lines(text: Text) -> Iterator[tuple[Token, ...]]:
    """Yield the words of each statement. A line end within parentheses does not end it."""
    tokens: list[Token] = []
    depth, deepest, line = 0, 0, 1
    for found in _TOKEN.finditer(text.content[:_LARGEST]):
        at, line = line, line + found[0].count("\n")
        kind = found.lastgroup or ""
        if kind in ("blank", "comment"):
            continue
        if kind == "newline":
            if depth == 0 and tokens:
                if deepest <= _DEEPEST:
                    yield tuple(tokens)
                tokens, deepest = [], 0
            continue
        word = found[kind]
        depth = max(0, depth + (word in _OPEN) - (word in _CLOSE)) if kind == "sign" else depth
        deepest = max(deepest, depth)
        tokens.append(Token("string" if kind == "long" else kind, word, at))
    if tokens and deepest <= _DEEPEST:
        yield tuple(tokens)


def _is(token: Token, sign: str) -> bool:
    return token.kind == "sign" and token.text == sign


def _call(tokens: Sequence[Token], at: int) -> Iterator[Call]:
    """Yield the call whose parenthesis is at `at`, if it is one."""
    if not at or tokens[at - 1].kind != "name" or tokens[at - 1].text in _WORDS:
        return
    end = _matching(tokens, at)
    arguments, keywords = [], {}
    for part in _parts(tokens[at + 1 : end]):
        if len(part) > 2 and part[0].kind == "name" and _is(part[1], ":"):
            keywords[part[0].text] = part[2:]
        else:
            arguments.append(part)
    closing = tokens[min(end, len(tokens) - 1)].line
    yield Call(_callee(tokens, at), tuple(arguments), keywords, tokens[at].line, closing)


def _matching(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for number in range(at, len(tokens)):
        if tokens[number].kind == "sign":
            depth += (tokens[number].text in _OPEN) - (tokens[number].text in _CLOSE)
            if depth == 0:
                return number
    return len(tokens)


def _parts(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Yield the arguments, which commas separate."""
    part: list[Token] = []
    depth = 0
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
            if depth == 0 and token.text == ",":
                yield tuple(part)
                part = []
                continue
        part.append(token)
    if part:
        yield tuple(part)


def _callee(tokens: Sequence[Token], at: int) -> str:
    """Return what is called: the names and the calls before a parenthesis that dots join."""
    start, first = at - 1, max(2, at - _FARTHEST)
    while start >= first and _is(tokens[start - 1], "."):
        start -= 2
        if _is(tokens[start], ")"):
            depth = 0
            while start > first:
                depth += _is(tokens[start], ")") - _is(tokens[start], "(")
                if depth == 0:
                    break
                start -= 1
            start -= 1
    return _text(tokens[max(start, 0) : at])


def _text(tokens: Sequence[Token]) -> str:
    return "".join(f"'{each.text}'" if each.kind == "string" else each.text for each in tokens)


def _value(tokens: Sequence[Token], known: Known) -> bool | None:
    """Return the value of a condition, or None if it depends on something unknown."""
    if len(tokens) > _LONGEST:
        return None
    for word, join in (("or", either), ("and", both)):
        parts = _split(tokens, word)
        if len(parts) > 1:
            value = _value(parts[0], known)
            for part in parts[1:]:
                value = join(value, _value(part, known))
            return value
    if tokens and tokens[0].text in ("not", "!") and tokens[0].kind != "string":
        return negated(_value(tokens[1:], known))
    if len(tokens) > 1 and _is(tokens[0], "(") and _matching(tokens, 0) == len(tokens) - 1:
        return _value(tokens[1:-1], known)
    return _atom(_text(tokens), known)


def _atom(text: str, known: Known) -> bool | None:
    compared = re.fullmatch(r"([\w.()]+)([=!]=)'([^']*)'", text)
    if compared and isinstance(known.get(compared[1]), str):
        return (known[compared[1]] == compared[3]) == (compared[2] == "==")
    value = known.get(text)
    return value if isinstance(value, bool) else None


def _split(tokens: Sequence[Token], word: str) -> list[Sequence[Token]]:
    """Split at a word that stands outside of parentheses."""
    parts: list[Sequence[Token]] = []
    depth = start = 0
    for at, token in enumerate(tokens):
        if token.kind == "sign":
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
        elif depth == 0 and token.kind == "name" and token.text == word:
            parts.append(tokens[start:at])
            start = at + 1
    return [*parts, tokens[start:]]
