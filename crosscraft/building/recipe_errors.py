"""The errors of a recipe and its variants: the place, the fault and the remedy."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from crosscraft.building import engine_text
from crosscraft.building.engine_text import Message
from crosscraft.errors import RecipeError

__all__ = ["VARIANTS_FILES", "explain"]

VARIANTS_FILES = ("conda_build_config.yaml", "variants.yaml")
"""The files that rattler-build reads beside a recipe."""

_LONGEST = 60
"""The maximum length in characters of a line of the file in the message."""
_NEVER = 10_000
"""The indentation of an empty line. It ends no block."""


def explain(text: str, path: Path) -> RecipeError:
    """Return the error for the engine's `text` about the recipe or variants file `path`."""
    message = engine_text.read(text)
    if message is None:
        return RecipeError(
            f"rattler-build cannot render {path.name}",
            looked=str(path),
            remedy="Its message is above. Compare that part with the recipe format's reference.",
            detail=engine_text.last_lines(text),
        )
    if message.row.file == "variants":
        near = (path.parent / name for name in VARIANTS_FILES)
        path = next((one for one in near if one.is_file() and message.word in _text(one)), path)
    place, line = _find(message, path)
    tells_more = line.rstrip(":") not in ("", message.word)
    excerpt = f", in `{line}`" if tells_more and len(line) <= _LONGEST else ""
    return RecipeError(
        f"{':'.join((path.name, *map(str, place)))}: {message.sentence}{excerpt}",
        looked=str(path),
        remedy=message.remedy,
        detail=message.detail,
    )


def _find(message: Message, path: Path) -> tuple[tuple[int, ...], str]:
    """Return the line and column of a message, and the text of the line.

    The engine does not always name the place. A word that occurs once has only one.
    """
    lines = _text(path).splitlines()
    place = message.place
    if not place and message.word:
        word = re.compile(rf"(?<![\w.-]){re.escape(message.word)}(?![\w.-])")
        found = [(n, one) for n, line in enumerate(lines, 1) for one in word.finditer(line)]
        place = (found[0][0], found[0][1].start() + 1) if len(found) == 1 else None
    place = place or (None if path.name in VARIANTS_FILES else _at_fault(lines))
    if not place:
        return (), ""
    return place, lines[place[0] - 1].strip() if place[0] <= len(lines) else ""


def _at_fault(lines: Sequence[str]) -> tuple[int, int] | None:
    """Return the start of the smallest block without which the rest parses as a recipe.

    A block is a line with the lines below it that are indented further.
    """
    found, start, fault = None, 0, _parse_error(lines)
    indents = [len(line) - len(line.lstrip()) if line.strip() else _NEVER for line in lines]
    while fault and start < len(lines):
        below = range(start + 1, len(lines))
        end = next((number for number in below if indents[number] <= indents[start]), len(lines))
        remaining = _parse_error([*lines[:start], *lines[end:]])
        if not remaining:
            found = start + 1, indents[start] + 1
        start = end if remaining == fault else start + 1  # the fault may be further in
    return found


def _parse_error(lines: Sequence[str]) -> str:
    """Return what the engine says when it parses a recipe, or nothing if it parses."""
    import rattler_build

    with tempfile.TemporaryDirectory() as folder:
        try:
            rattler_build.Stage0Recipe.from_yaml("\n".join(lines), recipe_dir=folder)
        except rattler_build.RattlerBuildError as error:
            return str(error)
    return ""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
