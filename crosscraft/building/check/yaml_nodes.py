"""Read YAML with the line of each value. Aliases are not followed without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

from crosscraft.building.check.texts import Text, Unreadable

__all__ = ["Item", "entries", "get", "mapping", "parse", "scalars"]

_MOST = 20_000
"""Values of a file. An alias counts again wherever it is used, so that a small file is bounded."""

Decide = Callable[[str], "bool | None"]
"""Returns the value of a condition, or None if it is unknown."""


@dataclass(frozen=True, slots=True)
class Item:
    """A scalar of a YAML file."""

    text: str
    """Its value as text."""
    line: int
    """From 1. The text of a block (``|``) begins a line later."""
    is_block: bool = False
    """Whether it is a block."""


def parse(text: Text) -> yaml.Node | None:
    """Return the top node, or None if the file is empty.

    :raises Unreadable: if the file is not YAML, or expands to too much.
    """
    try:
        node = yaml.compose(text.content, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise _unreadable(text, f"it is not valid YAML{where}") from None
    left = _MOST
    waiting = [node] if node else []
    while waiting:
        left -= 1
        if left < 0:
            raise _unreadable(text, f"it has more than {_MOST:,} values")
        top = waiting.pop()
        if isinstance(top, yaml.MappingNode):
            waiting += [each for pair in top.value for each in pair]
        elif isinstance(top, yaml.SequenceNode):
            waiting += top.value
    return node


def get(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    """Return the value below the keys, or None."""
    for key in keys:
        node = mapping(node).get(key)
    return node


def mapping(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """Return the values of a mapping by key. Of another node, nothing."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): value for key, value in node.value}


def entries(node: yaml.Node | None, decide: Decide) -> Iterator[yaml.Node]:
    """Yield the entries of a list, or one value, with the branches that may be taken."""
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from entries(entry, decide)
    elif isinstance(node, yaml.MappingNode) and "if" in mapping(node):
        branches = mapping(node)
        holds = decide(str(branches["if"].value))
        if holds is not False:
            yield from entries(branches.get("then"), decide)
        if holds is not True:
            yield from entries(branches.get("else"), decide)
    elif node is not None and not _is_null(node):
        yield node


def scalars(node: yaml.Node | None, decide: Decide) -> Iterator[Item]:
    """Yield the scalars among :func:`entries`."""
    for entry in entries(node, decide):
        if isinstance(entry, yaml.ScalarNode):
            yield Item(str(entry.value), entry.start_mark.line + 1, entry.style in ("|", ">"))


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _unreadable(text: Text, why: str) -> Unreadable:
    return Unreadable(
        f"{text.name!r} cannot be checked: {why}", remedy="Correct the file, and check it again."
    )
