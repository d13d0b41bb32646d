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


def activate(platform: str = "", output: str = "", project: str = "") -> None:
    """Give the ``%%bash`` cells that follow the variables of a build, as `crosscraft shell` does.

    The cells still run in the project folder. Call this again for another platform. A lesson
    begins without it.

    :param platform: the target platform, by default this machine's.
    :param output: the output of the recipe, by default the first one.
    :param project: the folder with the recipe, relative to the project folder, if it is another
        project in there.
    :raises PlatformError: if the platform is unknown.
    :raises LessonError: if no lesson has begun, or `crosscraft shell` fails.
    :raises RecipeError: if `project` has no recipe.
    """
    if LESSON_VARIABLE not in os.environ:
        raise not_begun()
    ACTIVE.end()
    target = lookup(platform) if platform else native()
    folder, note = _folder(project)
    env = session.variables(folder, target, output)
    ACTIVE.begin(env)
    name = env.get("PKG_NAME", output or "the first output")
    print(f"%%bash cells now have the variables of {name} for {target.subdir}{note}.")


def _folder(project: str) -> tuple[Path, str]:
    """Return the folder of the learner's project, or the finished one if there is no recipe yet.

    :param project: the folder of another project below it, whose recipe has to be there.
    """
    own = workspace.project() / project
    try:
        recipes.find_recipe(own)
        return own, f", by the recipe in {project}" if project else ""
    except RecipeError:
        if project:
            raise
        note = ", by the recipe of the finished project, because yours is not written yet"
        return ROOT / "cpp_math", note
