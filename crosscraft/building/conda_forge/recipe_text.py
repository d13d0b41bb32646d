"""What conda-forge's rules look at: a recipe and its packages, read as YAML and not rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Package:
    """A recipe with one package, or an output of a recipe with several."""

    place: str
    """Where it stands in the recipe: empty for the whole recipe, else like ``outputs[0].``."""
    facts: Mapping[str, Any]
    """Its part of the recipe."""

    @property
    def is_staging(self) -> bool:
        """Whether it is built for other outputs, and is no package."""
        return "staging" in self.facts

    @property
    def build(self) -> Mapping[str, Any]:
        """Its ``build`` section."""
        return self.facts.get("build") or {}

    @property
    def requirements(self) -> Mapping[str, Any]:
        """Its ``requirements`` section."""
        return self.facts.get("requirements") or {}

    @property
    def tests(self) -> list[Mapping[str, Any]]:
        """Its tests, those of each condition."""
        return list(flat(self.facts.get("tests")))

    @property
    def version_independent(self) -> bool:
        """Whether one build serves several Pythons."""
        return bool((self.build.get("python") or {}).get("version_independent"))

    def specs(self, section: str) -> list[str]:
        """The requirements of a section, those of each condition."""
        return [str(spec) for spec in flat(self.requirements.get(section))]

    def of(self, section: str, name: str) -> list[str]:
        """The requirements of a section on the package `name`."""
        return [spec for spec in self.specs(section) if spec.split()[0] == name]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe as its file has it."""

    path: Path
    text: str
    whole: Mapping[str, Any]

    @property
    def outputs(self) -> list[Mapping[str, Any]]:
        """What stands below ``outputs``, if anything."""
        return list(flat(self.whole.get("outputs")))

    @property
    def packages(self) -> list[Package]:
        """Its packages, with the staging outputs."""
        several = [Package(f"outputs[{n}].", output) for n, output in enumerate(self.outputs)]
        return several or [Package("", self.whole)]

    @property
    def names(self) -> set[str]:
        """The names of its packages."""
        return {
            self.filled(package.facts["package"]["name"])
            for package in self.packages
            if "package" in package.facts
        }

    def section(self, name: str) -> Mapping[str, Any]:
        """A section at the top of the recipe."""
        return self.whole.get(name) or {}

    def filled(self, text: Any) -> str:
        """`text` with the plain variables of the context filled in."""
        context = self.section("context")
        return re.sub(
            r"\$\{\{ *(\w+) *\}\}", lambda found: str(context.get(found[1], found[0])), str(text)
        )


def read(path: Path) -> Recipe:
    """Read the recipe at `path`."""
    text = path.read_text(encoding="utf-8")
    return Recipe(path, text, yaml.safe_load(text))


def flat(value: Any) -> Iterator[Any]:
    """The entries of a list, or one entry without a list; both branches of a condition."""
    if isinstance(value, list):
        for entry in value:
            yield from flat(entry)
    elif isinstance(value, Mapping) and "if" in value:
        yield from flat(value.get("then"))
        yield from flat(value.get("else"))
    elif value is not None:
        yield value


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """What stands in `value` at all depths, each with its place."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from leaves(below, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from leaves(below, f"{place}[{number}]")
    else:
        yield place, value


def commands(script: Any) -> list[str]:
    """The lines of a script in each of its forms: text, a list, or a mapping with ``content``."""
    if isinstance(script, Mapping) and "if" not in script:
        script = script.get("content")
    return [line for entry in flat(script) for line in str(entry).splitlines()]
