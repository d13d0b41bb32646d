"""Render the learner's recipe for many platforms, as the engine does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from crosscraft.building import recipe as recipes
from crosscraft.building.recipe import Rendered
from crosscraft.errors import RecipeError
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import lookup

__all__ = ["PLATFORMS", "render"]

PLATFORMS = ("linux-64", "linux-aarch64", "linux-ppc64le", "linux-s390x", "osx-arm64", "win-64")
"""The target platforms for which recipes are rendered."""


def render(
    work: Work, recipe: Path, platforms: Sequence[str] = PLATFORMS
) -> Mapping[str, Rendered]:
    """Render `recipe` for builds on linux-64, and return the result by target platform.

    :raises Refused: if the engine cannot parse it. The first line is its message.
    """
    build = lookup("linux-64")
    work.step(f"rendering {recipe.name} for {len(platforms)} platforms")
    try:
        return {
            # Rendering only uses the name of a platform, so any name that conda knows works.
            subdir: recipes.render(recipe, build, replace(build, subdir=subdir))
            for subdir in platforms
        }
    except RecipeError as error:
        raise Refused("rattler-build", [error.what, error.remedy]) from None
