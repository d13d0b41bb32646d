"""What the files that a new project gets say of it, by the words that stand for it there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import yaml

from crosscraft.building.templates import RECIPE
from crosscraft.channel import available, catalog
from crosscraft.platforms import native

__all__ = ["values"]


def values(content: Mapping[str, str]) -> dict[str, str]:
    """Return what the added files say of a project, by the words that stand for it."""
    recipe: dict[str, Any] = yaml.safe_load(content[RECIPE])
    manifest = tomllib.loads(content["pixi.toml"])
    own = (name for name, spec in manifest["dependencies"].items() if "path" in spec)
    edits = [
        f"summary and homepage in {RECIPE}",
        *(f"the description in {path}" for path in content if path.endswith("pyproject.toml")),
        "the copyright line of LICENSE",
    ]
    return {
        "summary": recipe["about"]["summary"],
        "add": _add_command(content[RECIPE]),
        "packages": " ".join(f"--with {name}" for name in own),
        "start": manifest["tasks"]["start"],
        "variant": _variant(recipe, content["recipe/variants.yaml"]),
        "exclude": "\n".join(f"/{name}" for name in recipe["source"]["filter"]["exclude"]),
        "edits": ", ".join(edits),
    }


def _add_command(recipe: str) -> str:
    """Return the line that adds to the local channel what set-up leaves out, if anything."""
    specs = recipe.replace("${{ target_platform }}", "linux-aarch64")
    named = re.findall(r"^ *(?:- |then: )+([\w.-]+)", specs, re.M)
    known = set(available.names()) - {row.name for row in catalog.packages(native())}
    added = " ".join(name for name in dict.fromkeys(named) if name in known)
    return f"crosscraft channel add {added}\n" if added else ""


def _variant(recipe: Mapping[str, Any], variants: str) -> str:
    """Return an option for rattler-build with conda-forge, where a recipe needs it.

    A noarch output is built with the oldest Python. An output of the same recipe in its host
    environment has to be for that Python, too, and without a variant it is for the newest.
    """
    oldest = recipe["context"].get("python_min")
    needed = oldest and "python" not in yaml.safe_load(variants)
    return f" --variant python={oldest}" if needed else ""
