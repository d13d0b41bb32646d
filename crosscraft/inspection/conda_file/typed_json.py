"""Untrusted JSON with checked types."""

from __future__ import annotations

import json
from typing import TypeVar

__all__ = ["Table", "get", "get_texts", "parse", "table", "typed"]

Table = dict[str, object]
"""A JSON object."""
MAX_VALUES = 1_500_000
"""Most brackets and commas in a text. A value of two characters takes some 60 bytes in Python. The
list of 130,000 files has a million."""

_T = TypeVar("_T")
_NAMES = {str: "a text", int: "a whole number", list: "a list", dict: "an object"}


def table(text: bytes, what: str) -> Table:
    """Return the JSON object in `text`.

    :raises ValueError: if `text` is not a JSON object. The message calls it `what`.
    """
    return typed(parse(text, what), dict, what)


def parse(text: bytes, what: str) -> object:
    """Return the JSON value in `text`.

    :raises ValueError: if `text` is not JSON. The message calls it `what`.
    """
    if sum(text.count(mark) for mark in (b"[", b"{", b",")) > MAX_VALUES:
        raise ValueError(f"{what} has more than {MAX_VALUES} values")
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(f"{what} is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None


def typed(value: object, kind: type[_T], what: str) -> _T:
    """Return `value`, which must be of `kind`.

    :raises ValueError: if it is of another type.
    """
    if isinstance(value, kind) and not isinstance(value, bool):
        return value
    raise ValueError(f"{what} is not {_NAMES[kind]}")


def get(table: Table, key: str, kind: type[_T], default: _T | None = None) -> _T:
    """Return `table[key]`, which must be of `kind`. Null counts as missing.

    :raises ValueError: if it is of another type, or is missing without a default.
    """
    value = table.get(key)
    if value is None:
        if default is None:
            raise ValueError(f"{key!r} is missing")
        return default
    return typed(value, kind, repr(key))


def get_texts(table: Table, key: str) -> tuple[str, ...]:
    """Return `table[key]`, which must be a list of strings or missing.

    :raises ValueError: if it is of another type.
    """
    return tuple(typed(one, str, f"one of {key!r}") for one in get(table, key, list, []))
