"""Traps in the names of platforms: another tool's word in place of conda's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crosscraft.building.check import conda_forge, yaml_nodes
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output, Recipe
from crosscraft.building.check.texts import Text

__all__ = ["source_of_another_processor", "wrong_platform_name"]

_RIGHT = {
    "linux-aarch64": "arm64 aarch64 linux-arm64 linux-arm linux-armv8 linux/arm64",
    "linux-64": "x86_64 amd64 x64 linux linux64 linux-amd64 linux-x86_64 linux-x86-64 linux-x64",
    "linux-ppc64le": "ppc64le ppc64el linux-ppc64el",
    "linux-s390x": "s390x",
    "linux-armv7l": "armhf armv7 armv7l linux-armhf linux-armv7",
    "osx-arm64": "osx-aarch64 macos-arm64 macos-aarch64 darwin-arm64 mac-arm64 osxarm64",
    "osx-64": "osx osx64 macos-64 macos-x86_64 darwin-64 darwin-x86_64 osx-x86_64 macos-intel",
}
_CONDA = {word: right for right, words in _RIGHT.items() for word in words.split()}
"""What people write, with conda's name for it."""

_OF_X86 = re.compile(r"(?<![A-Za-z0-9])(x86[_-]64|amd64|x64|linux64)(?![A-Za-z0-9])")
_BINARY = re.compile(r"(?<![A-Za-z])(linux|manylinux\w*|darwin|macos|osx|apple|gnu|musl)")


def wrong_platform_name(project: Project) -> Iterator[Place]:
    """A name in a pixi manifest or in conda-forge.yml that no platform of conda has."""
    for text in project.named("pixi.toml", "pyproject.toml"):
        for name in _pixi_platforms(project, text):
            if name in _CONDA:
                yield _place(text, f'"{name}"', f'"{_CONDA[name]}"', name)
    for key in ("build_platform", "provider"):
        for text, name in conda_forge.keys(project.files, key):
            right = _CONDA.get(name.replace("_", "-")) or _CONDA.get(name)
            if right and name not in ("linux", "osx"):  # there: all processors
                yield _place(text, name, right.replace("-", "_"), name)


def source_of_another_processor(project: Project) -> Iterator[Place]:
    """A recipe for another processor that downloads a program for x86-64."""
    if project.target.endswith(("-64", "-32")):
        return
    for recipe, output in project.outputs:
        # With a compiler, it may be a tool that the build machine runs.
        repacks = not output.noarch and not any(each.compilers() for each in recipe.outputs)
        for url, line in _urls(recipe, output) if repacks else ():
            file = re.sub(r"\$?\{\{.*?\}\}", "…", url).rpartition("/")[2]
            found = _OF_X86.search(file)
            if found and _BINARY.search(file):
                yield Place(recipe.text.name, line, {"file": file, "processor": found[1]})


def _pixi_platforms(project: Project, text: Text) -> Iterator[str]:
    facts: Mapping[str, Any] = project.toml(text.name) if "/" not in text.name else {}
    if text.name == "pyproject.toml":
        facts = _table(_table(facts, "tool"), "pixi")
    features = [each for each in _table(facts, "feature").values() if isinstance(each, dict)]
    for table in (_table(facts, "workspace"), _table(facts, "project"), *features):
        listed = table.get("platforms", [])
        for entry in listed if isinstance(listed, list) else ():
            name = entry.get("platform") if isinstance(entry, dict) else entry
            if isinstance(name, str):
                yield name


def _table(facts: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = facts.get(key, {})
    return value if isinstance(value, dict) else {}


def _place(text: Text, old: str, new: str, name: str) -> Place:
    numbers = [n for n, line in enumerate(text.lines, 1) if old in line]
    number = numbers[0] if numbers else 0
    edit = None
    if number and text.lines[number - 1].count(old) == 1:
        edit = Edit(number, 1, (text.lines[number - 1].replace(old, new),))
    values = {"name": name, "right": new.strip('"')}
    return Place(text.name, number, values, edit)


def _urls(recipe: Recipe, output: Output) -> Iterator[tuple[str, int]]:
    """Yield the addresses and paths of the sources for the target."""
    top = () if output.node is recipe.top else (recipe.top,)
    for node in (*top, output.node):
        for source in yaml_nodes.entries(yaml_nodes.get(node, "source"), recipe.decide):
            for key in ("url", "path"):
                for item in yaml_nodes.scalars(yaml_nodes.get(source, key), recipe.decide):
                    yield item.text, item.line
