"""What changed between two versions of a lesson, in a few lines of Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

__all__ = ["describe"]

_MOST = 10
"""The cells of a kind that are listed."""
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_SPECIAL = re.compile(r"[\\*_{}\[\]<>#|$~&]")
"""What Markdown or MathJax would not show as it is."""


def describe(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """Return a Markdown list of the cells that are new, changed or gone.

    :param old: the sources of the earlier version by their ids.
    :param new: those of the later one.
    """
    kinds = {
        "New": [source for name, source in new.items() if name not in old],
        "Changed": [source for name, source in new.items() if old.get(name, source) != source],
        "Gone": [source for name, source in old.items() if name not in new],
    }
    lines = [f"- **{kind}:** {_names(sources)}" for kind, sources in kinds.items() if sources]
    return "\n".join(lines or ["- The order of the cells"]) + "\n"


def _names(sources: list[str]) -> str:
    more = f"; and {len(sources) - _MOST} more" * (len(sources) > _MOST)
    return "; ".join(_name(source) for source in sources[:_MOST]) + more


def _name(source: str) -> str:
    """Return the heading or the first line of a cell, as code if Markdown would change it."""
    lines = [line for line in source.splitlines() if line.strip() not in ("", "%%bash")]
    plain = _LINK.sub(r"\1", lines[0] if lines else "an empty cell").lstrip("# ")
    short = textwrap.shorten(re.sub(r"\*\*|`", "", plain), 72, placeholder=" …")
    return f"`{short}`" if _SPECIAL.search(short) else short
