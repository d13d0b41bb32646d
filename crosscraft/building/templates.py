"""The projects of this clone that a new project can start from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crosscraft.errors import ProjectError
from crosscraft.paths import ROOT

__all__ = ["DEFAULT", "RECIPE", "find", "names"]

DEFAULT = "cpp_math"
"""The template of those who name none: the finished project of the lessons."""

RECIPE = "recipe/recipe.yaml"
"""The path of a template's recipe in its folder."""

_EXAMPLES = "examples"


def names() -> Sequence[str]:
    """Return the names of the templates: the default, then the folders of examples/."""
    projects = (ROOT / _EXAMPLES).glob(f"*/{RECIPE}")
    return (DEFAULT, *sorted(path.parent.parent.name for path in projects))


def find(name: str) -> Path:
    """Return the folder of the template `name`, relative to the clone.

    :raises ProjectError: if there is no such template.
    """
    if name not in names():
        raise ProjectError(
            f"there is no template {name!r}", remedy=f"Known templates: {', '.join(names())}."
        )
    return Path(DEFAULT) if name == DEFAULT else Path(_EXAMPLES, name)
