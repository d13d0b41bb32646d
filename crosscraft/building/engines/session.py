"""The environments of one output, made by py-rattler-build in a child process, and not built.

This is what ``rattler-build debug setup`` does (``rattler_build.DebugSession``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscraft.building.engines import child, package_cache
from crosscraft.building.engines.interface import Request
from crosscraft.system import files

__all__ = ["Session", "prepare"]


@dataclass(frozen=True, slots=True)
class Session:
    """The place where a build script runs."""

    work: Path
    """The folder with the sources."""
    host_prefix: Path
    """The host environment."""
    build_prefix: Path
    """The build environment."""
    variables: Path
    """The script that sets the variables."""


def prepare(
    output: Mapping[str, Any], variant: Mapping[str, Any], request: Request
) -> Session | str:
    """Make the environments of `output`, copy its sources, and return where, or the error.

    :param output: a recipe with one output, whose paths are relative to the request's recipe.
    :param variant: the variables to render it with.
    :param request: the scratch folder is the place to make them in, and it stays.
    """
    cache = package_cache.create(request.scratch / "cache", request.packages)
    facts = {
        "work": "session",
        "output": dict(output),
        "variant": dict(variant),
        "recipe": str(request.recipe),
        "scratch": str(request.scratch),
        "build": request.build.subdir,
        "target": request.target.subdir,
        "channels": list(request.channels),
    }
    error = child.work(facts, request, child.environment(request, cache))
    if error:
        return error
    files.discard(cache)  # the environments have links to the store, or copies
    found = json.loads((request.scratch / "session.json").read_text())
    paths = ("work_dir", "host_prefix", "build_prefix", "build_env_script")
    return Session(*(Path(found[name]) for name in paths))
