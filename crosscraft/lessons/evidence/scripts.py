"""Run the build script of the learner's recipe as far as CMake, and count the compiler's runs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscraft.building import recipe as recipes
from crosscraft.errors import RecipeError
from crosscraft.lessons.evidence import session
from crosscraft.lessons.evidence.cmake import Configured, Situation
from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform, native

__all__ = ["Compilation", "compilations", "configure", "script"]

_NO_BUILD = """\
ninja() { :; }
cmake() { case $1 in --build | --install) ;; *) command cmake "$@" ;; esac; }
"""
"""Bash functions that leave CMake's configuration of a build script, without the build."""

_RUN = '. "$0"'


@dataclass(frozen=True, slots=True)
class Compilation:
    """One run of the compiler in a build."""

    target: str
    """The CMake target that it is for, such as ``nanobind-static``."""
    sources: tuple[str, ...]
    """The names of the files that it compiles, more than one in a unity build."""


def script(work: Work, project: Path, platform: Platform, name: str = "cpp_math") -> list[str]:
    """Return the lines of the build script of the output `name`, rendered for `platform`.

    :raises Refused: if the engine cannot parse the recipe.
    :raises NotYet: if the recipe does not build that output.
    """
    work.step(f"rendering the recipe for {platform.subdir}")
    try:
        recipe = recipes.find_recipe(project)
        found = recipes.evaluate(recipe, native(), platform)
    except RecipeError as error:
        raise Refused("rattler-build", [error.what, error.remedy]) from None
    for output, variant in zip(found.rendered.outputs, found.variants, strict=True):
        if output.name == name:
            return _lines(variant.recipe.build.script, recipe.parent)
    raise NotYet(f"For {platform.subdir} the recipe should build `{name}`, and it doesn't.")


def _lines(script: object, recipe: Path) -> list[str]:
    """Return the lines of a script in the folder `recipe`, after those that set its variables."""
    facts: dict[str, Any] = script if isinstance(script, dict) else {"content": script}
    env = [f"export {name}={shlex.quote(str(one))}" for name, one in facts.get("env", {}).items()]
    content = facts.get("content")
    lines = content if isinstance(content, list) else str(content or "").splitlines()
    file = recipe / str(facts.get("file") or "".join(map(str, lines)))
    if file.suffix == ".sh" and file.is_file():
        lines = file.read_text(encoding="utf-8").splitlines()
    return [*env, *map(str, lines)]


def configure(work: Work, project: Path, platform: Platform, lines: Sequence[str]) -> Configured:
    """Run a build script in the folder `project` without its builds, and return what CMake did.

    :raises Refused: if the script fails. The first line is CMake's first error, if it has one.
    :raises NotYet: if it doesn't run CMake for Ninja.
    """
    here = session.of(platform)
    situation = Situation.NATIVE if platform is native() else Situation.CROSS
    work.step(f"configuring {situation.value}")
    file = work.scratch / f"script-{platform.subdir}.sh"
    file.write_text(_NO_BUILD + "\n".join(lines) + "\n", encoding="utf-8")
    done = here.run(["bash", "-e", "-c", _RUN, str(file)], project)
    printed = tuple(map(here.named, done.lines))
    folder = next((path.parent for path in project.rglob("build.ninja")), project)
    made = Configured(
        situation, situation.value, here, folder, done.status, printed, calls=(), cache={}
    ).accepted()
    if folder == project and not (project / "build.ninja").exists():
        raise NotYet("The script of `cpp_math` doesn't run CMake with `-G Ninja` any more.")
    return made


def compilations(work: Work, configured: Configured) -> list[Compilation]:
    """Return the runs of the compiler that Ninja would make for all targets."""
    argv = ["ninja", "-C", str(configured.folder), "-t", "compdb"]
    text = "\n".join(configured.session.run(argv, work.scratch).lines)
    entries = json.loads(text[text.index("[\n") :])
    return [
        Compilation(entry["output"].split(".dir/")[0].rpartition("/")[2], _sources(entry["file"]))
        for entry in entries
        if entry["output"].endswith(".o")
    ]


def _sources(file: str) -> tuple[str, ...]:
    """Return the names of the files that CMake has joined in `file`, or its own name."""
    path = Path(file)
    if "/Unity/unity_" not in file:
        return (path.name,)
    lines = path.read_text(encoding="utf-8").splitlines()
    included = (line.split('"')[1] for line in lines if line.startswith('#include "'))
    return tuple(Path(name).name for name in included)
