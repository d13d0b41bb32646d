"""Judge a `skip` by what the engine builds with it, and for which platforms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crosscraft.building.recipe import Rendered
from crosscraft.lessons.evidence import recipes
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import NOARCH

__all__ = ["check", "check_pixi"]


def check(
    work: Work, rendered: Mapping[str, Rendered], name: str, wanted: set[str], elsewhere: str
) -> None:
    """Compare the platforms for which the output `name` is built with those that are wanted.

    :param rendered: the recipe, rendered for each platform.
    :param elsewhere: what is wrong with building it for another platform, as a clause.
    :raises NotYet: if they differ.
    """
    built = recipes.built_for(rendered, name)
    work.see(f"{name} is built for: {', '.join(sorted(built)) or 'no platform'}")
    work.see(f"it's skipped for: {', '.join(sorted(set(rendered) - built)) or 'no platform'}")
    if built == wanted:
        return
    if _reads_build_platform(rendered, name):
        raise NotYet(
            "`build_platform` is the machine that compiles, which is the same one in all these "
            "builds. Look at which of the three words changes with `--target-platform`."
        )
    raise NotYet(_explain(built, set(rendered), wanted, elsewhere, _conditions(rendered, name)))


def check_pixi(work: Work, recipe: Path, name: str) -> None:
    """Render a recipe with ``noarch`` as its host platform, as pixi does for a noarch output.

    :raises NotYet: if the recipe then skips the output `name`, so that pixi can't build it.
    """
    again = recipes.render(work, recipe, [NOARCH])
    if not recipes.built_for(again, name):
        work.see(f"with the host platform noarch, {name} is skipped")
        raise NotYet(
            f"rattler-build builds `{name}`, and pixi doesn't. It renders a noarch output once "
            "more, with `noarch` as the host platform. Your condition is true then, so pixi says: "
            f"there is no output defined for the package '{name}'."
        )
    work.see(f"with the host platform noarch, {name} is still built")


def _explain(
    built: set[str], every: set[str], wanted: set[str], elsewhere: str, conditions: str
) -> str:
    """Return what is wrong with the platforms for which an output is built."""
    lost, extra = sorted(wanted - built), sorted(built - wanted)
    if built == every:
        return (
            f"It skips nothing, {elsewhere}. A condition that makes no sense counts as false, "
            "without an error. So compare its spelling too, character by character."
        )
    if not built and " or " in conditions:
        return (
            "It skips every platform. Whichever platform it is, one side of the `or` is true. "
            "Work through it by hand for linux-64."
        )
    if not built:
        return (
            "It skips every platform, also linux-64. Is it a comparison, with each word spelled "
            "right, and with quotes around each platform?"
        )
    if built == every - wanted:
        return (
            f"It's the wrong way round: it skips {' and '.join(lost)}, for which the output is "
            "wanted. `skip` says when *not* to build."
        )
    if lost:
        return f"It skips {lost[0]}, for which the output is wanted too."
    return (
        f"The output would be built for {extra[0]} too, {elsewhere}. Name the platforms that are "
        "wanted. There may be more of the others than you think."
    )


def _reads_build_platform(rendered: Mapping[str, Rendered], name: str) -> bool:
    """Whether the engine looked at `build_platform` to decide."""
    variants = (one.variant for facts in rendered.values() for one in facts.outputs)
    return "build_platform" in _conditions(rendered, name) or any(
        "build_platform" in variant for variant in variants
    )


def _conditions(rendered: Mapping[str, Rendered], name: str) -> str:
    """Return the conditions by which the output is skipped, as the engine read them."""
    return " ".join(facts.skipped.get(name, "") for facts in rendered.values())
