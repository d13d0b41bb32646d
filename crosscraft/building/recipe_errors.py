"""The errors of a recipe and its variants: the place, the fault and the remedy."""

from __future__ import annotations

import re
from pathlib import Path

from crosscraft.building import engine_text
from crosscraft.building.engine_text import Message
from crosscraft.errors import RecipeError

__all__ = ["VARIANTS_FILES", "explain"]

VARIANTS_FILES = ("conda_build_config.yaml", "variants.yaml")
"""The files that rattler-build reads beside a recipe."""

_LONGEST = 60
"""The maximum length in characters of a line of the file in the message."""


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
    if not place:
        return (), ""
    return place, lines[place[0] - 1].strip() if place[0] <= len(lines) else ""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
