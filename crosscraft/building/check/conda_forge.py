"""conda-forge's configuration of a feedstock, as far as it says who builds.

Source: https://conda-forge.org/docs/maintainer/conda_forge_yml/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from crosscraft.building.check import yaml_nodes
from crosscraft.building.check.files import Files
from crosscraft.building.check.texts import Text, Unreadable

__all__ = ["builder", "keys"]


def builder(files: Files, target: str) -> str:
    """Return the platform that builds for `target`.

    It is the one that ``build_platform`` names. A target with a ``provider`` alone has machines of
    its own. Without a word, Macs build for Macs, and Linux on x86-64 builds for the rest.
    """
    name = target.replace("-", "_")
    named = _entries(files, "build_platform").get(name, "").replace("_", "-")
    if named or name in _entries(files, "provider"):
        return named or target
    return "osx-64" if target.startswith("osx-") else "linux-64"


def keys(files: Files, name: str) -> Iterator[tuple[Text, str]]:
    """Yield the keys of the mapping called `name`, such as ``linux_aarch64``, with the file."""
    return ((text, key) for text, key, _ in _read(files, name))


def _entries(files: Files, name: str) -> Mapping[str, str]:
    return {key: value for _, key, value in _read(files, name) if value != "None"}


def _read(files: Files, name: str) -> Iterator[tuple[Text, str, str]]:
    for text in files.named("conda-forge.yml"):
        try:
            top = yaml_nodes.parse(text)
        except Unreadable:
            continue
        for key, node in yaml_nodes.mapping(yaml_nodes.get(top, name)).items():
            yield text, key, str(node.value) if isinstance(node, yaml.ScalarNode) else ""
