"""Edits of a recipe's requirements, where each stands on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crosscraft.building.check.model import Edit
from crosscraft.building.check.recipe_file import Output, Recipe, Spec

__all__ = ["inserted", "moved", "of_cross_builds"]

_ITEM = re.compile(r"(\s*)- (?!if:)\S")


def moved(recipe: Recipe, output: Output, specs: Sequence[Spec], section: str) -> Edit | None:
    """Return the edit that moves requirements to the top of another section, if that is plain."""
    there = output.requirements[section]
    lines = recipe.text.lines
    if not there or not all(_is_item(lines, spec) for spec in (*specs, there[0])):
        return None
    at = there[0].line
    gone = _gone(output, specs, lines)
    indent = _indent(lines, there[0])
    added = [indent + lines[spec.line - 1].strip() for spec in specs]
    first, last = min(at, *gone), max(at, *gone)
    new: list[str] = []
    for number in range(first, last + 1):
        new += added if number == at else []
        new += [] if number in gone else [lines[number - 1]]
    return Edit(first, last - first + 1, tuple(new))


def inserted(recipe: Recipe, output: Output, section: str, added: Sequence[str]) -> Edit | None:
    """Return the edit that adds lines at the top of a section, if that is plain."""
    there = output.requirements[section]
    if not there or not _is_item(recipe.text.lines, there[0]):
        return None
    indent = _indent(recipe.text.lines, there[0])
    return Edit(there[0].line, 0, tuple(indent + line for line in added))


def of_cross_builds(recipe: Recipe, specs: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of requirements that only a cross build has."""
    if recipe.is_v1:
        items = tuple(f"    - {spec}" for spec in specs)
        return ("- if: build_platform != target_platform", "  then:", *items)
    return tuple(f"- {spec}  # [build_platform != target_platform]" for spec in specs)


def _is_item(lines: Sequence[str], spec: Spec) -> bool:
    return spec.line <= len(lines) and bool(_ITEM.match(lines[spec.line - 1]))


def _indent(lines: Sequence[str], spec: Spec) -> str:
    found = _ITEM.match(lines[spec.line - 1])
    return found[1] if found else ""


def _gone(output: Output, specs: Sequence[Spec], lines: Sequence[str]) -> set[int]:
    """The lines to remove: also the name of a section of which nothing is left."""
    gone = {spec.line for spec in specs}
    for section, all_specs in output.requirements.items():
        numbers = {spec.line for spec in all_specs}
        head = min(numbers, default=1) - 1
        if numbers and numbers <= gone and lines[head - 1].strip() == f"{section}:":
            gone.add(head)
    return gone
