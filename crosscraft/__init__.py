"""The helper package of the Crosscraft notebooks. Its names are imported at first use."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from crosscraft.paths import __version__

if TYPE_CHECKING:
    from crosscraft import views
    from crosscraft.building.recipe import render
    from crosscraft.inspection import conda_file, elf
    from crosscraft.lessons import lesson
    from crosscraft.platforms import PLATFORMS
    from crosscraft.views.report import inspect

__all__ = [
    "PLATFORMS", "__version__", "conda_file", "elf", "inspect", "lesson", "render", "views",
]  # fmt: skip

_PLACES = {
    "PLATFORMS": "platforms",
    "conda_file": "inspection",
    "elf": "inspection",
    "inspect": "views.report",
    "lesson": "lessons",
    "render": "building.recipe",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_PLACES[name]}")
    try:
        return getattr(module, name)
    except AttributeError:
        return importlib.import_module(f"{module.__name__}.{name}")
