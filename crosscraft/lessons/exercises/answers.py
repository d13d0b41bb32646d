"""Pass an answer from a kernel to the process that checks it."""

from __future__ import annotations

import ast
import json
from pathlib import Path

__all__ = ["Unreadable", "decode", "encode"]

_LONGEST = 1_000_000
"""Characters of the longest answer."""


class Unreadable:
    """An answer that is neither a path nor a value of Python's basic types.

    :param kind: the name of its type.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return f"a value of type {self.kind}"


def encode(answer: object) -> str:
    """Return `answer` as text. :func:`decode` restores it, or returns an :class:`Unreadable`."""
    if isinstance(answer, Path):
        return json.dumps({"path": str(answer.absolute())})
    try:
        text = repr(answer)
        if len(text) <= _LONGEST and ast.literal_eval(text) == answer:
            return json.dumps({"value": text})
    except Exception:
        pass
    return json.dumps({"type": type(answer).__name__})


def decode(text: str) -> object:
    """Return the answer that :func:`encode` made `text` of."""
    facts = json.loads(text)
    if "path" in facts:
        return Path(facts["path"])
    return ast.literal_eval(facts["value"]) if "value" in facts else Unreadable(facts["type"])
