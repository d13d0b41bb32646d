"""One output of a recipe, as a recipe of its own.

The engine can prepare the environments of a recipe with one output, without building it. Such a
recipe consists of what the engine has rendered, so it has no conditions. The format:
https://rattler.build/latest/reference/recipe_file/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crosscraft.building.recipe import Evaluated, Output, Rendered
from crosscraft.errors import RecipeError
from crosscraft.platforms import Platform

if TYPE_CHECKING:
    import rattler_build

__all__ = ["SingleOutput", "choose"]

_BUILD = (
    "number", "string", "noarch", "script", "steps", "merge_build_and_host_envs", "python",
)  # fmt: skip
"""The fields of ``build`` that a script's variables depend on."""
_REQUIREMENTS = ("build", "host", "ignore_run_exports")
"""The fields of ``requirements`` that the build and host environments depend on."""


@dataclass(frozen=True, slots=True)
class SingleOutput:
    """An output with a build script."""

    name: str
    """The package's name, or that of the staging output."""
    output: Output
    """The facts of the output, or of the first output that inherits from the staging output."""
    recipe: Mapping[str, Any]
    """The recipe with this output alone."""
    variant: Mapping[str, Any]
    """The variables that this recipe is rendered with."""
    hash: str | None
    """The value of PKG_HASH, or None for a staging output, which is no package."""
    needs: Mapping[str, str]
    """Match specs of the required outputs of the same recipe, by ``build`` or ``host``."""
    others: Sequence[str]
    """The names of the outputs to choose from, if there are several and none was named."""


def choose(evaluated: Evaluated, target: Platform, name: str | None) -> SingleOutput:
    """Return the output called `name`, or the first one that has a script.

    :param name: the name of a package or of a staging output, or ``name-version-build``.
    :raises RecipeError: if there is no such output, it is skipped, or it has no script.
    """
    rendered = evaluated.rendered
    found: dict[str, SingleOutput] = {}
    made = {output.name: f"{output.name} =={output.version}" for output in rendered.outputs}
    for output, variant in zip(rendered.outputs, evaluated.variants, strict=True):
        # Variants of an output have the same name. The first one goes by it.
        for label, one in _with_scripts(output, variant, target, made).items():
            found.setdefault(label, one)
    names = list(dict.fromkeys(one.name for one in found.values()))
    if name is None and found:
        first = next(iter(found.values()))
        return replace(first, others=names if len(names) > 1 else ())
    if name in found:
        return found[name]
    raise _error(rendered, target, name, names)


def _with_scripts(
    output: Output,
    rendered: rattler_build.RenderedVariant,
    target: Platform,
    made: Mapping[str, str],
) -> dict[str, SingleOutput]:
    """Return what has a script in `output`, by each of its names.

    :param made: the match spec of each output of the recipe.
    """
    facts = rendered.recipe.to_dict()
    pins = {**made, **output.exact_pins}
    staged = facts.get("staging_caches") or ()
    if staged:
        return {
            part["name"]: _staging(output, rendered, facts, part, target, pins) for part in staged
        }
    one = _single(output, rendered, facts, facts, target, pins)
    return {output.name: one, f"{output.name}-{output.version}-{output.build}": one}


def _staging(
    output: Output,
    rendered: rattler_build.RenderedVariant,
    facts: Mapping[str, Any],
    part: Mapping[str, Any],
    target: Platform,
    pins: Mapping[str, str],
) -> SingleOutput:
    package = {"name": part["name"], "version": facts["package"]["version"]}
    # The engine runs its script with the variables of the output that inherits from it.
    build = {"number": 0, **part["build"], "string": "staging"}
    merged = {**facts, **part, "package": package, "build": build}
    return replace(
        _single(output, rendered, facts, merged, target, pins), name=part["name"], hash=None
    )


def _single(
    output: Output,
    rendered: rattler_build.RenderedVariant,
    facts: Mapping[str, Any],
    part: Mapping[str, Any],
    target: Platform,
    pins: Mapping[str, str],
) -> SingleOutput:
    # Without this variable the engine takes this machine's platform for the host environment.
    variant = {**rendered.variant, "host_platform": target.subdir}
    info = rendered.hash_info
    requirements = part.get("requirements") or {}
    build = {key: part["build"][key] for key in _BUILD if part["build"].get(key) is not None}
    needs = {
        kind: pins[spec["pin_subpackage"]["name"]]
        for kind in ("build", "host")
        for spec in requirements.get(kind) or ()
        if isinstance(spec, dict) and "pin_subpackage" in spec
    }
    return SingleOutput(
        output.name,
        output,
        {
            "schema_version": facts.get("schema_version", 1),
            "context": facts.get("context") or {},
            "package": part["package"],
            "source": part.get("source") or [],
            "build": {**build, "variant": {"use_keys": sorted(variant)}},
            "requirements": {
                key: _without_pins(requirements[key], pins)
                for key in _REQUIREMENTS
                if requirements.get(key)
            },
        },
        variant,
        f"{info.prefix}h{info.hash}" if info else "h",  # "h" if the recipe sets the build string
        needs,
        (),
    )


def _without_pins(specs: Any, pins: Mapping[str, str]) -> Any:
    """Return `specs` with a match spec in the place of each pin of another output."""
    if not isinstance(specs, list):
        return specs
    return [
        pins[spec["pin_subpackage"]["name"]]
        if isinstance(spec, dict) and "pin_subpackage" in spec
        else spec
        for spec in specs
    ]


def _error(
    rendered: Rendered, target: Platform, name: str | None, names: Sequence[str]
) -> RecipeError:
    skipped = {label.split(" (")[0]: why for label, why in rendered.skipped.items()}
    listed = f"Choose one of these with `--output`: {', '.join(names)}."
    if not names:
        return RecipeError(
            f"the recipe skips {', '.join(rendered.skipped) or 'everything'} for {target.subdir}",
            remedy="Choose another platform with `--target-platform`.",
        )
    if name in skipped:
        return RecipeError(
            f"the recipe skips {name} for {target.subdir}, by {skipped[name]}",
            remedy=f"Choose another platform with `--target-platform`. {listed}",
        )
    if any(output.name == name for output in rendered.outputs):
        return RecipeError(
            f"{name} inherits the files of a staging output, and only that output can be entered",
            remedy=listed,
        )
    return RecipeError(f"the recipe has no output {name!r} for {target.subdir}", remedy=listed)
