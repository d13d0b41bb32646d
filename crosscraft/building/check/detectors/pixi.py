"""Traps in the manifests of pixi that build a recipe."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project

__all__ = ["build_platform_of_pixi"]

_BACKEND = "pixi-build-rattler-build"
_ASKS = re.compile(r"if:\s*build_platform\s*!=\s*(?:target|host)_platform")


def build_platform_of_pixi(project: Project) -> Iterator[Place]:
    """A manifest that leaves ``build_platform`` to pixi, for a recipe that asks for it."""
    asks = any(_ASKS.search(recipe.text.content) for recipe in project.recipes if recipe.is_v1)
    text = project.texts.get("pixi.toml")
    if not (asks and text and project.is_cross and _BACKEND in text.content):
        return
    if "build_platform" in text.content or "variants-files" in text.content:
        return
    if f'"{project.target}"' in text.content:
        new = (
            "",
            f"[workspace.target.{project.target}.build-variants]",
            f'build_platform = ["{project.build}"]',
        )
        edit = Edit(len(text.lines), 0, new) if text.content.endswith("\n") else None
        values = {"target": project.target}
        yield Place("pixi.toml", project.line_with("pixi.toml", _BACKEND), values, edit)
