"""conda-forge's configuration of a feedstock, as far as it says who builds.

Source: https://conda-forge.org/docs/maintainer/conda_forge_yml/
"""

from __future__ import annotations

import yaml

from crosscraft.building.check import yaml_nodes
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Unreadable

__all__ = ["is_crossed"]


def is_crossed(project: Project) -> bool:
    """Whether the target is cross-compiled for: not if a machine of its own builds for it."""
    return project.is_cross and not (
        _names(project, "provider") and not _names(project, "build_platform")
    )


def _names(project: Project, key: str) -> bool:
    """Whether the value of `key` has an entry for the target platform."""
    for text in project.named("conda-forge.yml"):
        try:
            value = yaml_nodes.get(yaml_nodes.parse(text), key)
        except Unreadable:
            continue
        if isinstance(value, yaml.MappingNode):
            return project.target.replace("-", "_") in yaml_nodes.mapping(value)
    return False
