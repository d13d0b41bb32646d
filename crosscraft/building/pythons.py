"""Several Pythons: what the local channel has no Python for is left out of a build.

A variants file like conda-forge's names every supported Python, and the local channel has one. On
any other channel a missing Python is an error.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from crosscraft.building import recipe as recipes
from crosscraft.building import requirements
from crosscraft.building.recipe import Rendered
from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.environments import solver
from crosscraft.errors import InstallError
from crosscraft.platforms import Platform

__all__ = ["missing", "variants_without", "without"]

_WHY = "Debian 12 and PyPI offer no second Python (docs/packages.md)."


def missing(rendered: Rendered, target: Platform, channel: Channel) -> Mapping[str, str]:
    """Return the Pythons of the variants that the local channel lacks, each with what it has.

    Any other `channel` is not checked.

    :raises InstallError: if the local channel has none of them.
    """
    asked = [one.variant["python"] for one in rendered.outputs if "python" in one.variant]
    if not asked or not select.is_local(channel):
        return {}
    specs = {requirements.of_variant("python", version): version for version in asked}
    lacking = solver.unsatisfied(specs, target, [channel])
    if len(lacking) == len(specs):
        raise InstallError(
            f"the local channel has no python {' or '.join(specs.values())} for {target.subdir}, "
            f"only {_listed(next(iter(lacking.values())))}",
            looked="the variants of the recipe",
            remedy=f"{_WHY} Add a Python that there is to the variants, or choose another channel "
            "with `--channel`.",
        )
    return {specs[spec]: _listed(versions) for spec, versions in lacking.items()}


def without(rendered: Rendered, lacking: Mapping[str, str]) -> tuple[Rendered, list[str]]:
    """Return the outputs that can be built, and a line about each of the others.

    :param lacking: the result of :func:`missing`.
    """
    left_out = [one for one in rendered.outputs if one.variant.get("python") in lacking]
    kept = tuple(one for one in rendered.outputs if one not in left_out)
    lines = [
        f"left out {one.name} with python {one.variant['python']}: "
        f"the local channel has python {lacking[one.variant['python']]} alone"
        for one in left_out
    ]
    return replace(rendered, outputs=kept), [*lines, f"         {_WHY}"] if lines else []


def variants_without(
    recipe: Path, build: Platform, target: Platform, lacking: Collection[str]
) -> str:
    """Return the text of a variants file with all variants but those for the Pythons `lacking`."""
    variants = recipes.variants(recipe.parent, recipes.platforms(build, target))
    values: dict[str, list[Any]] = variants.to_dict()
    zipped = variants.zip_keys or []
    kept = [place for place, one in enumerate(values["python"]) if str(one) not in lacking]
    for key in next((group for group in zipped if "python" in group), ["python"]):
        values[key] = [values[key][place] for place in kept]
    return json.dumps(values | ({"zip_keys": zipped} if zipped else {}))  # YAML, too


def _listed(versions: Sequence[str]) -> str:
    """Return the versions without their build strings."""
    return ", ".join(dict.fromkeys(one.split()[0] for one in versions)) or "no other"
