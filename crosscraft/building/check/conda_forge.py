"""conda-forge's configuration of a feedstock, as far as it says who builds.

Source: https://conda-forge.org/docs/maintainer/conda_forge_yml/
"""

from __future__ import annotations

from collections.abc import Iterator

from crosscraft.building.check import yaml_nodes
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text, Unreadable

__all__ = ["is_crossed", "keys"]


def is_crossed(project: Project) -> bool:
    """Whether the target is cross-compiled for: not if a machine of its own builds for it."""
    return project.is_cross and not (
        _names(project, "provider") and not _names(project, "build_platform")
    )


def keys(project: Project, name: str) -> Iterator[tuple[Text, str]]:
    """Yield the keys of the mapping called `name`, such as ``linux_aarch64``, with the file."""
    for text in project.named("conda-forge.yml"):
        try:
            top = yaml_nodes.parse(text)
        except Unreadable:
            continue
        for key in yaml_nodes.mapping(yaml_nodes.get(top, name)):
            yield text, key


def _names(project: Project, name: str) -> bool:
    """Whether the mapping called `name` has an entry for the target platform."""
    return project.target.replace("-", "_") in (key for _, key in keys(project, name))
