"""Show facts about packages, binaries and recipes as text, static HTML and widgets.

The widgets are names of this package: ``views.PackageExplorer("output")``. They are imported at
first use, because ipywidgets is slow to import.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["ElfExplorer", "PackageComparison", "PackageExplorer", "RecipeExplorer", "controls"]

_PLACES = {
    "ElfExplorer": "elf_explorer",
    "PackageComparison": "package_comparison",
    "PackageExplorer": "package_explorer",
    "RecipeExplorer": "recipe_explorer",
    "controls": "live",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
