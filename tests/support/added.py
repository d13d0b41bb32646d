"""Packages that set-up leaves out, and that a test needs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from crosscraft.building import recipe
from crosscraft.channel import local
from crosscraft.channel.catalog import on_demand
from crosscraft.platforms import Platform, native

__all__ = ["need", "need_for"]


def need(*names: str) -> None:
    """Skip the test if the local channel lacks a package. In CI, fail.

    ``make test`` adds all that it can.
    """
    _stop(set(names) - {one.name for one in local.listing(local.find())})


def need_for(project: Path, target: Platform) -> None:
    """The same for what the recipe of `project` needs in order to build for `target`."""
    build = native()
    here = {(one.name, one.subdir) for one in local.listing(local.find())}
    outputs = recipe.render(recipe.find_recipe(project), build, target).outputs
    named = {spec.split()[0] for output in outputs for spec in _specs(output)}
    rows = on_demand(build, list(dict.fromkeys((build, target))))
    _stop({r.name for r in rows if r.name in named and (r.name, r.subdir) not in here})


def _specs(output: recipe.Output) -> Iterable[str]:
    yield from (*output.build_specs, *output.host_specs, *output.run_specs)
    for test in output.tests:
        requirements: Mapping[str, Any] = test.get("requirements") or {}
        for specs in requirements.values():
            yield from specs


def _stop(missing: set[str]) -> None:
    if missing:
        stop = pytest.fail if "CI" in os.environ else pytest.skip
        stop(f"run `crosscraft channel add {' '.join(sorted(missing))}`")
