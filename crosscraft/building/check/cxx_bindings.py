"""The functions that a C++ source binds with nanobind or pybind11, and their types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crosscraft.building.check.cxx_language import balanced, calls, split

__all__ = ["Bound", "Signature", "bound"]


@dataclass(frozen=True, slots=True)
class Signature:
    """The types of a function, as written."""

    parameters: tuple[str, ...]
    """With their names."""
    returns: str
    """Empty if it is not known."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A function, or an attribute, that Python sees."""

    name: str
    """In Python."""
    at: int
    """The offset of its binding."""
    candidates: tuple[Signature, ...]
    """What it may be: overloads, or declarations of the same name. None if it is not found."""


_ATTRIBUTES = ("def_rw", "def_ro", "def_readwrite", "def_readonly", "def_rw_static",
               "def_ro_static", "def_readwrite_static", "def_readonly_static")  # fmt: skip


def bound(code: str, content: str, codes: Sequence[str]) -> Iterator[Bound]:
    """Yield what a source binds.

    :param code: the source without comments and the contents of strings.
    :param content: the source.
    :param codes: the sources in which the functions may be declared, as `code`.
    """
    for found, arguments in calls(code, r"(?:\.|->)\s*(def(?:_\w+)?)"):
        method, name = found[1], re.match(r'\s*"([^"]*)"', content[found.end() :])
        at, shown = found.start(1), name[1] if name else "__init__"
        if not name:
            expressions = arguments[:1]
        else:
            expressions = arguments[1:3] if method.startswith("def_prop") else arguments[1:2]
        for expression in expressions:
            if method in _ATTRIBUTES:
                yield Bound(shown, at, tuple(_fields(expression, codes)))
            elif name or re.match(r"(?:\w+::)?init\b", expression):
                yield Bound(shown, at, tuple(_signatures(expression, codes)))


def _signatures(expression: str, codes: Sequence[str]) -> Iterator[Signature]:
    if found := re.match(r"(?:\w+::)?(?:init|new_|cpp_function)\s*\(", expression):
        yield from _signatures(expression[found.end() : -1].strip(), codes)
    elif expression.startswith("["):
        yield from _lambda(expression)
    elif found := re.match(r"(?:\w+::)?(?:init|init_implicit|overload_cast)\s*<", expression):
        end = balanced(expression, found.end() - 1)
        yield Signature(tuple(split(expression[found.end() : end])), "")
    elif found := _CAST.match(expression):
        end = balanced(expression, found.end() - 1)
        parameters = split(expression[found.end() : end])
        yield Signature(tuple(parameters), found["returns"].strip())
    elif found := _FUNCTION.fullmatch(expression):
        for code in codes:
            yield from _declared(code, found[1])


_FUNCTION = re.compile(r"(?:\+|&)?\s*(?:\w+(?:<[^()]*>)?::)*(\w+)\s*(?:<[^()]*>)?")
_CAST = re.compile(r"(?:static_cast\s*<|\()\s*(?P<returns>[^()]+?)\(\s*(?:[\w:]+::)?\*\s*\)\s*\(")


def _lambda(expression: str) -> Iterator[Signature]:
    start = re.match(r"\[[^\]]*\]\s*(?:<[^()]*>\s*)?\(", expression)
    end = balanced(expression, start.end() - 1) if start else -1
    if start and end > 0:
        parameters = split(expression[start.end() : end])
        rest = expression[end + 1 :]
        told = re.match(r"[\s\w]*->\s*([^{]+)\{", rest)
        yield Signature(tuple(parameters), told[1].strip() if told else _returned(rest))


def _returned(body: str) -> str:
    """The type of what a body returns, if all it returns is one variable that it declares."""
    returned = set(re.findall(r"\breturn\s+(\w+)\s*;", body))
    if len(returned) != 1 or len(re.findall(r"\breturn\b", body)) != 1:
        return ""
    declared = re.search(rf"\b{returned.pop()}\s*[;({{=]", body)
    return _type_before(body, declared.start()) if declared else ""


@lru_cache(maxsize=4096)
def _words(code: str, sign: str) -> Mapping[str, Sequence[re.Match[str]]]:
    """Return the words of a source that one of the characters `sign` follows, by word."""
    found: dict[str, list[re.Match[str]]] = {}
    for place in re.finditer(rf"\b([A-Za-z_]\w*)\s*[{sign}]", code):
        found.setdefault(place[1], []).append(place)
    return found


def _declared(code: str, name: str) -> Iterator[Signature]:
    """Yield the signatures of the functions called `name` that are declared in a source."""
    for place in _words(code, "(").get(name, ()):
        end = balanced(code, place.end() - 1)
        after = _AFTER.match(code, end + 1) if end > 0 else None
        type_ = _type_before(code, place.start())
        if after and type_:
            trailing = (after["trailing"] or "").strip()
            returns = trailing or ("" if type_ == "auto" else type_)
            yield Signature(tuple(split(code[place.end() : end])), returns)


_AFTER = re.compile(
    r"\s*(?:const\b|noexcept\b|override\b|final\b|&&?|\s)*(?:->(?P<trailing>[^{;]+))?[{;=]"
)
_NO_TYPE = re.compile(r"\b(?:return|new|throw|case|else|delete|goto|co_return|using|namespace)\b")
_SPECIFIERS = re.compile(
    r"\b(?:static|inline|virtual|extern|constexpr|consteval|friend|explicit|typename|const"
    r"|mutable|noexcept)\b|\[\[.*?\]\]|\btemplate\s*<[^()]*?>(?=\s*\w)"
)


def _type_before(code: str, at: int) -> str:
    """Return the type that a declaration begins with, before the declared name at `at`."""
    before = code[max(0, at - 400) : at]
    before = re.split(r"[;{}]|^[ \t]*#[^\n]*$|(?<!:):(?!:)", before, flags=re.M)[-1]
    before = re.sub(r"(?:\w+(?:<[^<>]*>)?::)+\s*\Z", "", before)
    type_ = " ".join(_SPECIFIERS.sub(" ", before).split())
    is_type = re.fullmatch(r"[\w:<>,\s*&\[\]()]+", type_) and not _NO_TYPE.search(type_)
    return type_ if is_type and re.search(r"\w[>&*\s]*\Z", type_) else ""


def _fields(expression: str, codes: Sequence[str]) -> Iterator[Signature]:
    found = re.fullmatch(r"&\s*(?:\w+(?:<[^()]*>)?::)+(\w+)", expression)
    if found:
        for code in codes:
            for place in _words(code, ";={").get(found[1], ()):
                type_ = _type_before(code, place.start())
                if type_:
                    yield Signature((), type_)
