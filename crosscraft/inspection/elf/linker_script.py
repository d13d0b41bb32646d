"""Linker scripts in the place of a library, such as ``libc.so``.

Source: the GNU linker's manual, "Commands Dealing with Files": INPUT, GROUP, AS_NEEDED.
"""

from __future__ import annotations

import re

__all__ = ["names"]

_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_COMMAND = re.compile(r"\b(?:GROUP|INPUT)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
"""A command with its arguments in brackets, which may include ``AS_NEEDED ( … )``."""
_BEGINNING = re.compile(r"\s*(?:OUTPUT_FORMAT|TARGET|SEARCH_DIR|GROUP|INPUT)\s*\(")
_NOT_TEXT = re.compile(r"[^\s\x20-\x7e]")
_MAX_SCRIPT = 4096
"""Most bytes to read. A linker script has some 300."""


def names(data: bytes) -> tuple[str, ...]:
    """Return the files that a linker script names, in order. Other files give an empty tuple.

    :param data: the file, or its beginning.
    """
    text = _COMMENT.sub(" ", data[:_MAX_SCRIPT].decode("latin-1"))
    if not _BEGINNING.match(text) or _NOT_TEXT.search(text):
        return ()
    words = re.split(r"[\s,()]+", " ".join(_COMMAND.findall(text)))
    return tuple(word for word in words if word and word != "AS_NEEDED")
