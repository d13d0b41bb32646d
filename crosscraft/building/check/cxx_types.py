"""The containers of the standard library in the types of functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosscraft.building.check.cxx_language import balanced, split

__all__ = ["NAMES", "Names", "names"]

NAMES = (
    "array", "chrono", "complex", "deque", "filesystem", "function", "list", "map", "optional",
    "pair", "set", "shared_ptr", "string", "string_view", "tuple", "unique_ptr", "unordered_map",
    "unordered_set", "valarray", "variant", "vector", "wstring",
)  # fmt: skip
"""The classes and namespaces of ``std`` that bindings convert."""

_CLASS = re.compile(
    rf"(?<![\w:])(?P<std>(?:::)?std::)?(?P<name>{'|'.join(sorted(NAMES, reverse=True))})\b"
    r"(?P<inner>::\w+)?\s*"
)
_POINTERS = ("shared_ptr", "unique_ptr")
_ALIAS = re.compile(r"\b(?:using\s+(\w+)\s*=\s*([^;{}]+);|typedef\s+([^;{}()]+?)\s+(\w+)\s*;)")
_NAMESPACE = re.compile(
    r"\bnamespace\s+(\w+)\s*=\s*((?:::)?std::filesystem|(?:::)?std::chrono)\s*;"
)
_LONGEST = 2_000
"""Characters of a type."""


@dataclass(frozen=True)
class Names:
    """The names that a unit gives to types."""

    aliases: Mapping[str, str]
    """Types, and namespaces with ``::``, by their other names."""
    bare: frozenset[str]
    """What is named without ``std::``."""
    own: frozenset[str]
    """What the unit binds or converts itself."""

    def containers(self, type_: str) -> Iterator[str]:
        """Yield the names of what a type contains and a binding would have to convert."""
        text = self._resolved(type_)
        found = _CLASS.search(text)
        if not found or "<" in text[: found.start()] or found["name"] in self.own:
            return
        name, rest = found["name"], text[found.end() :]
        is_namespace = name in ("chrono", "filesystem")
        if not (found["std"] or name in self.bare) or bool(found["inner"]) != is_namespace:
            return
        inner = ""
        if rest.startswith("<"):
            end = balanced(rest, 0)
            inner, rest = rest[1:end], rest[end + 1 :]
        if re.match(r"\s*(?:const\s*)?\*|\s*::", rest):
            return
        yield name
        if name not in _POINTERS and not is_namespace:
            for part in split(re.sub(r"[()]", ",", inner) if name == "function" else inner):
                yield from self.containers(part)

    def _resolved(self, type_: str) -> str:
        text = type_[:_LONGEST]
        for _ in range(4):
            new = re.sub(r"(?<![\w:])(?:\w+::)*(\w+)\b", self._other, text)[:_LONGEST]
            if new == text:
                break
            text = new
        return text

    def _other(self, found: re.Match[str]) -> str:
        first, colons, rest = found[0].partition("::")
        if first + colons in self.aliases:
            return self.aliases[first + colons] + rest
        return found[0] if first == "std" else self.aliases.get(found[1], found[0])


def names(codes: tuple[str, ...]) -> Names:
    """Return the names of types in the sources of a unit, of which comments are blanked."""
    code = "\n".join(codes)
    values: dict[str, set[str]] = {}
    for found in _ALIAS.finditer(code):
        values.setdefault(found[1] or found[4], set()).add(found[2] or found[3])
    aliases = {name: each.pop() for name, each in values.items() if len(each) == 1}
    aliases |= {f"{found[1]}::": f"{found[2]}::" for found in _NAMESPACE.finditer(code)}
    bare = set(NAMES) if re.search(r"\busing\s+namespace\s+std\s*;", code) else set()
    bare |= set(re.findall(r"\busing\s+std::(\w+)\s*;", code))
    return Names(aliases, frozenset(bare), frozenset(_own(code, aliases)))


_OWNED = re.compile(
    r"\b(class_|type_caster|list_caster|array_caster|set_caster|map_caster|MAKE_OPAQUE\w*"
    r"|PYBIND11_MAKE_OPAQUE|NB_MAKE_OPAQUE|PYBIND11_TYPE_CASTER|NB_TYPE_CASTER"
    r"|bind_vector|bind_map)\s*([<(])"
)


def _own(code: str, aliases: Mapping[str, str]) -> Iterator[str]:
    for found in _OWNED.finditer(code):
        end = balanced(code, found.end() - 1)
        text = code[found.end() : end] if end > 0 else ""
        text = re.sub(r"\w+", lambda word: aliases.get(word[0], word[0]), text)
        if found[1] == "class_":  # behind the class may stand its holder
            text = split(text)[0]
        yield from (name for name in NAMES if re.search(rf"\b{name}\b", text))
        if found[1].startswith("bind_"):
            yield from ("vector", "map", "unordered_map")
