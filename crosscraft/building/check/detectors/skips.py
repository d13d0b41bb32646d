"""Traps in the conditions by which a recipe leaves outputs out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check import conditions
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output, Recipe
from crosscraft.building.check.scripts import Command
from crosscraft.building.check.yaml_nodes import Item

__all__ = ["noarch_skipped_in_pixi", "skip_by_build_platform", "stubs_in_cross_build"]

_ASKS_BUILD = re.compile(r"build_platform\s*([!=]=)\s*(['\"])[a-z]+-\w+\2")
_OTHER_THAN = re.compile(
    r"(?P<name>(?:host|target)_platform)\s*!=\s*(?P<value>['\"][a-z]+-\w+['\"])"
)


def skip_by_build_platform(project: Project) -> Iterator[Place]:
    """An output that is skipped by the name of the machine that builds."""
    for recipe, item in _skips(project):
        found = _ASKS_BUILD.search(item.text)
        if found and not re.search(r"(host|target)_platform|\b(and|or)\b", item.text):
            edit = _replaced(recipe, item, "build_platform", "host_platform")
            yield Place(recipe.text.name, item.line, {"condition": item.text}, edit)


def noarch_skipped_in_pixi(project: Project) -> Iterator[Place]:
    """A noarch output that pixi skips when it renders it for the platform ``noarch``."""
    if not _uses_pixi(project):
        return
    as_pixi = conditions.variables(project.build, project.build)
    as_pixi |= {"host_platform": "noarch", "target_platform": "noarch"}
    native = conditions.decider(conditions.variables(project.build, project.build))
    for recipe, output in _declared(project):
        for item in output.skips if output.noarch else ():
            if conditions.decider(as_pixi)(item.text) is True and native(item.text) is False:
                edit = _with_noarch(recipe, item)
                values = {"condition": item.text, "output": output.name}
                yield Place(recipe.text.name, item.line, values, edit)


def stubs_in_cross_build(project: Project) -> Iterator[Place]:
    """A noarch output that imports a compiled one to make stubs, and that a cross build makes."""
    for recipe, output in project.outputs if project.is_cross else ():
        compiled = {each.name.lower() for each in recipe.outputs if each.compilers()}
        pins = {spec.name for spec in output.requirements["host"] if spec.call[0]}
        if output.noarch and compiled & pins and any(map(_makes_stubs, output.commands)):
            yield Place(recipe.text.name, output.line, {"output": output.name})


def _makes_stubs(command: Command) -> bool:
    return any(re.search(r"stubgen|_stubs?\b|STUBS?_ONLY=ON", word) for word in command.words)


def _declared(project: Project) -> Iterator[tuple[Recipe, Output]]:
    return (
        (recipe, output) for recipe in project.recipes if recipe.is_v1 for output in recipe.declared
    )


def _skips(project: Project) -> Iterator[tuple[Recipe, Item]]:
    seen = set()
    for recipe, output in _declared(project):
        for item in output.skips:
            if (recipe.text.name, item.line) not in seen:
                seen.add((recipe.text.name, item.line))
                yield recipe, item


def _uses_pixi(project: Project) -> bool:
    return any("pixi-build-rattler-build" in text.content for text in project.named("pixi.toml"))


def _with_noarch(recipe: Recipe, item: Item) -> Edit | None:
    found = _OTHER_THAN.fullmatch(item.text.strip())
    if not found:
        return None
    new = f'{found["name"]} not in ({found["value"]}, "noarch")'
    return _replaced(recipe, item, item.text.strip(), new)


def _replaced(recipe: Recipe, item: Item, old: str, new: str) -> Edit | None:
    line = recipe.text.lines[item.line - 1]
    return Edit(item.line, 1, (line.replace(old, new),)) if line.count(old) == 1 else None
