"""Highlight the source of code cells, including the other languages below cell magics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from IPython.lib.lexers import IPython3Lexer
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Name, Text
from pygments.util import ClassNotFound

__all__ = ["CellLexer"]

_MAGIC = re.compile(r"%%(\w+)([^\n]*)(\n|$)")


class CellLexer(Lexer):
    """A lexer for IPython cells: Python, or a cell magic with a body in another language."""

    name = "Crosscraft cell"
    aliases = ("crosscraft-cell",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Yield the place, the kind and the text of each token."""
        magic = _MAGIC.match(text)
        if not magic:
            yield from IPython3Lexer().get_tokens_unprocessed(text)
            return
        yield magic.start(), Name.Decorator, f"%%{magic[1]}"
        yield magic.start(2), Text, magic[2] + magic[3]
        start = magic.end()
        for place, kind, value in body(magic[1], magic[2]).get_tokens_unprocessed(text[start:]):
            yield start + place, kind, value


def body(magic: str, argument: str) -> Any:
    """Return the lexer for the body of a magic: bash, or the language of the written file."""
    try:
        if magic == "writefile":
            return get_lexer_for_filename(PurePosixPath(argument.strip()).name)
        return get_lexer_by_name(magic)
    except ClassNotFound:
        return get_lexer_by_name("text")
