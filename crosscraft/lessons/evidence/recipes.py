"""Render the learner's recipe for many platforms, as the engine does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from crosscraft.building import recipe as recipes
from crosscraft.building.recipe import Output, Rendered
from crosscraft.channel import names
from crosscraft.errors import RecipeError
from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import lookup

__all__ = ["KINDS", "PLATFORMS", "built_for", "lists", "output", "render", "required"]

KINDS = ("build", "host", "run")
"""The lists of requirements."""

PLATFORMS = ("linux-64", "linux-aarch64", "linux-ppc64le", "linux-s390x", "osx-arm64", "win-64")
"""The target platforms for which recipes are rendered."""


def render(
    work: Work,
    recipe: Path,
    platforms: Sequence[str] = PLATFORMS,
    *,
    build_is_host: bool = False,
) -> Mapping[str, Rendered]:
    """Render `recipe` for builds on linux-64, and return the result by target platform.

    :param build_is_host: whether `build_platform` is the host platform, as when pixi lists outputs.
    :raises Refused: if the engine cannot parse it. The first line is its message.
    """
    build = lookup("linux-64")
    work.step(f"rendering {recipe.name} for {len(platforms)} platforms")
    # Rendering only uses the name of a platform, so any name that conda knows works.
    targets = [replace(build, subdir=subdir) for subdir in platforms]
    try:
        return {
            target.subdir: recipes.render(recipe, target if build_is_host else build, target)
            for target in targets
        }
    except RecipeError as error:
        raise Refused("rattler-build", [error.what, error.remedy]) from None


def output(rendered: Mapping[str, Rendered], name: str, subdir: str) -> Output:
    """Return the output `name` for the target platform `subdir`.

    :raises NotYet: if the recipe has none.
    """
    found = {one.name: one for one in rendered[subdir].outputs}
    if name not in found:
        if name in rendered[subdir].skipped:
            raise NotYet(
                f"The recipe skips `{name}` for {subdir}, and it should build it for that platform "
                "too. Look at its `skip`.",
                [f"{subdir}: skipped, because this is true: {rendered[subdir].skipped[name]}"],
            )
        others = ", ".join(found) or "nothing"
        raise NotYet(
            f"For {subdir} the recipe should build `{name}`, and it builds {others}. Look at the "
            "name below `package:`, and at the indentation of the outputs."
        )
    return found[name]


def built_for(rendered: Mapping[str, Rendered], name: str) -> set[str]:
    """Return the target platforms for which the output `name` is built."""
    return {
        subdir
        for subdir, facts in rendered.items()
        if any(one.name == name for one in facts.outputs)
    }


def required(output: Output, kind: str) -> set[str]:
    """Return the names of the packages in the list `kind`, with those of the same recipe."""
    specs: Sequence[str] = getattr(output, f"{kind}_specs")
    return {*map(names.of_spec, specs), *output.pins[kind]}


def lists(output: Output) -> str:
    """Return the requirements of an output in one line."""
    found = {kind: getattr(output, f"{kind}_specs") for kind in KINDS}
    pinned = {kind: [f"{name} (of this recipe)" for name in output.pins[kind]] for kind in KINDS}
    return "; ".join(f"{kind}: {', '.join([*found[kind], *pinned[kind]]) or '-'}" for kind in KINDS)
