"""`lesson.activate`: cells of a lesson get the variables of `crosscraft shell`."""

from __future__ import annotations

import os
from pathlib import Path

from crosscraft.building import recipe as recipes
from crosscraft.errors import RecipeError
from crosscraft.jupyter.activation import ACTIVE
from crosscraft.jupyter.first_cell import not_begun
from crosscraft.lessons import workspace
from crosscraft.lessons.evidence import session
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup, native
from crosscraft.system.console import LESSON_VARIABLE

__all__ = ["activate"]


def activate(platform: str = "", output: str = "") -> None:
    """Give the ``%%bash`` cells that follow the variables of a build, as `crosscraft shell` does.

    The cells still run in the project folder. Call this again for another platform. A lesson
    begins without it.

    :param platform: the target platform, by default this machine's.
    :param output: the output of the recipe, by default the first one.
    :raises PlatformError: if the platform is unknown.
    :raises LessonError: if no lesson has begun, or `crosscraft shell` fails.
    """
    if LESSON_VARIABLE not in os.environ:
        raise not_begun()
    ACTIVE.end()
    target = lookup(platform) if platform else native()
    project, note = _project()
    env = session.variables(project, target, output)
    ACTIVE.begin(env)
    name = env.get("PKG_NAME", output or "the first output")
    print(f"%%bash cells now have the variables of {name} for {target.subdir}{note}.")


def _project() -> tuple[Path, str]:
    """Return the learner's project, or the finished one if the learner's has no recipe yet."""
    own = workspace.project()
    try:
        recipes.find_recipe(own)
        return own, ""
    except RecipeError:
        note = ", by the recipe of the finished project, because yours is not written yet"
        return ROOT / "cpp_math", note
