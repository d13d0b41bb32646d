"""A committed lesson as a learner gets it: without outputs, with links that work in the copy."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any

from crosscraft.errors import LessonError

__all__ = ["cells", "text"]

_LINK = re.compile(r"""(\]\(|\b(?:src|href)=")(?!/)([^)\s"#:]+)(?=[)\s"#])""")
"""The start and the relative target of a link or an image, in Markdown and in HTML."""
_HEADING = re.compile(r"^(?=#+ )", re.MULTILINE)


def text(page: Path, pages: str, opening: str = "") -> str:
    """Return the text of a copy of the notebook or Markdown page `page`.

    :param pages: the path from the copy's folder to the clone, whose folder `page` is in.
    :param opening: Markdown to put in front.
    :raises LessonError: if the notebook is damaged.
    """
    if page.suffix != ".ipynb":
        return opening + _relinked(page.read_text(encoding="utf-8"), page, pages)
    notebook = _notebook(page)
    notebook["metadata"].pop("widgets", None)
    if opening:
        first = {"cell_type": "markdown", "id": "whats-new", "metadata": {}, "source": opening}
        notebook["cells"].insert(0, first)
    for cell in notebook["cells"]:
        source = cell["source"]
        if cell["cell_type"] == "markdown":
            source = _relinked(source, page, pages)
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def cells(page: Path) -> dict[str, str]:
    """Return the sources of a notebook's cells by their ids, or the sections of another page.

    :raises LessonError: if the notebook is damaged.
    """
    if page.suffix != ".ipynb":
        sections = _HEADING.split(page.read_text(encoding="utf-8"))
        return {section.partition("\n")[0]: section for section in sections if section.strip()}
    return {
        str(cell.get("id", number)): cell["source"]
        for number, cell in enumerate(_notebook(page)["cells"])
    }


def _notebook(page: Path) -> dict[str, Any]:
    """Return a notebook whose cells have a type, and a source in one piece."""
    try:
        found: dict[str, Any] = json.loads(page.read_text(encoding="utf-8"))
        for cell in found["cells"]:
            cell |= {"cell_type": cell["cell_type"], "source": "".join(cell["source"])}
        found.setdefault("metadata", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise LessonError(
            f"{page.name} is not a notebook",
            looked=str(page.parent),
            remedy="Restore it with `git checkout`.",
        ) from None
    return found


def _relinked(markdown: str, page: Path, pages: str) -> str:
    """Return `markdown` with the links to files of the clone that are not copied beside it."""
    clone, folder = page.parent.parent, page.parent.name

    def moved(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match[2]))
        is_copied = posixpath.dirname(target) == folder
        if is_copied or target.startswith("..") or not (clone / target).exists():
            return match[0]
        return f"{match[1]}{pages}/{target}"

    return _LINK.sub(moved, markdown)
