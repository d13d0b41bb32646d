"""Read a recipe, rattler-build's or conda-build's, as far as a cross build depends on it.

The recipe is not rendered, since a stranger's needs variants that are elsewhere. Conditions are
decided for the target platform where it decides them. The formats:
https://rattler.build/latest/reference/recipe_file/ and
https://docs.conda.io/projects/conda-build/en/stable/resources/define-metadata.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import yaml

from crosscraft.building.check import meta_yaml, yaml_nodes
from crosscraft.building.check.scripts import Command, Line, commands
from crosscraft.building.check.texts import Text
from crosscraft.building.check.yaml_nodes import Decide, Item

__all__ = ["Output", "Recipe", "Spec", "read"]

_SPEC_NAME = re.compile(r"[\w.-]+")
_CALL = re.compile(
    r"\{\{\s*(compiler|stdlib|pin_subpackage|pin_compatible)\(\s*['\"]([^'\"]*)['\"]"
)
_SECTIONS = ("build", "host", "run", "run_constraints")


@dataclass(frozen=True, slots=True)
class Spec:
    """A requirement."""

    text: str
    """As written."""
    line: int
    """From 1."""

    @property
    def call(self) -> tuple[str, str]:
        """The function and its argument, such as ``compiler`` and ``cxx``, or two empty texts."""
        found = _CALL.search(self.text)
        return (found[1], found[2]) if found else ("", "")

    @property
    def name(self) -> str:
        """The package, in lower case. Of a call, its argument; of another template, nothing."""
        if self.call[0]:
            return self.call[1].lower() if self.call[0].startswith("pin_") else ""
        found = _SPEC_NAME.match(self.text.strip())
        return found[0].lower() if found else ""


@dataclass(frozen=True)
class Output:
    """A package of a recipe, or what is built for several (``staging``)."""

    name: str
    """Its name as written, with its templates filled from the context."""
    line: int
    """Where it begins, from 1."""
    node: yaml.Node
    """Its part of the recipe."""
    decide: Decide
    """Decides conditions for the target platform."""
    requirements: Mapping[str, tuple[Spec, ...]]
    """The requirements of the sections ``build``, ``host``, ``run`` and ``run_constraints``."""
    script: tuple[Line, ...]
    """The lines of its build script, those of a file too."""
    is_staging: bool = False
    """Whether it is no package."""

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """The commands of the build script."""
        return tuple(commands(self.script))

    @property
    def noarch(self) -> str:
        """``python`` or ``generic``, or empty."""
        value = yaml_nodes.get(self.node, "build", "noarch")
        return str(value.value) if isinstance(value, yaml.ScalarNode) else ""

    @property
    def skips(self) -> tuple[Item, ...]:
        """The conditions of ``skip``."""
        return tuple(yaml_nodes.scalars(yaml_nodes.get(self.node, "build", "skip"), lambda _: None))

    @property
    def is_skipped(self) -> bool:
        """Whether it is certainly not built for the target platform."""
        return any(self.decide(item.text) is True for item in self.skips)

    def spec(self, section: str, name: str) -> Spec | None:
        """Return the requirement of a section on the package `name`, if there is one."""
        return next((spec for spec in self.requirements[section] if spec.name == name), None)

    def compilers(self) -> tuple[Spec, ...]:
        """Return the requirements on ``compiler(…)``, and on compilers by name."""
        return tuple(
            spec
            for spec in self.requirements["build"]
            if spec.call[0] == "compiler" or re.match(r"(gcc|gxx|clang|clangxx)_", spec.name)
        )


@dataclass(frozen=True)
class Recipe:
    """A recipe."""

    text: Text
    """The file."""
    is_v1: bool
    """Whether it is rattler-build's format, and not conda-build's ``meta.yaml``."""
    top: yaml.Node | None
    """The whole file."""
    context: Mapping[str, str]
    """The plain variables of ``context``, or of conda-build's ``{% set … %}``."""
    declared: tuple[Output, ...]
    """All outputs. A recipe without ``outputs`` is one."""
    decide: Decide
    """Decides conditions for the target platform."""

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """The outputs that are built for the target platform."""
        return tuple(output for output in self.declared if not output.is_skipped)


Scripts = Callable[[str], tuple[Line, ...]]
"""Returns the lines of a script beside the recipe, none if it is not there."""


def read(text: Text, decide: Decide, scripts: Scripts) -> Recipe:
    """Return the recipe in a file.

    :raises Unreadable: if the file is not YAML, for ``meta.yaml`` after its templates.
    """
    is_v1 = not text.name.endswith("meta.yaml")
    plain = text if is_v1 else meta_yaml.plain(text, decide)
    top = yaml_nodes.parse(plain)
    context = _context(top) if is_v1 else meta_yaml.variables(text)
    reader = _Reader(plain, decide, scripts, context, top, is_v1)
    return Recipe(text, is_v1, top, context, tuple(reader.outputs()), decide)


def _context(top: yaml.Node | None) -> Mapping[str, str]:
    facts = yaml_nodes.mapping(yaml_nodes.get(top, "context"))
    return {key: str(node.value) for key, node in facts.items() if isinstance(node.value, str)}


@dataclass(frozen=True, slots=True)
class _Reader:
    """What the outputs of one file are read with."""

    text: Text
    decide: Decide
    scripts: Scripts
    context: Mapping[str, str]
    top: yaml.Node | None
    is_v1: bool

    def outputs(self) -> Iterator[Output]:
        nodes = list(yaml_nodes.entries(yaml_nodes.get(self.top, "outputs"), self.decide))
        nodes = [node for node in nodes if isinstance(node, yaml.MappingNode)]
        if self.top is not None and (not nodes or self._builds_at_top()):
            yield self._output(self.top)
        cache = yaml_nodes.get(self.top, "cache")
        if self.is_v1 and isinstance(cache, yaml.MappingNode):
            yield self._output(cache)  # what staging outputs were called before
        for node in nodes:
            yield self._output(node)

    def _builds_at_top(self) -> bool:
        """Whether conda-build runs a script for several outputs: in v1 that is a staging output."""
        return not self.is_v1 and yaml_nodes.get(self.top, "requirements", "build") is not None

    def _output(self, node: yaml.Node) -> Output:
        required = yaml_nodes.get(node, "requirements")
        return Output(
            self._name(node),
            node.start_mark.line + 1,
            node,
            self.decide,
            {section: tuple(self._specs(required, section)) for section in _SECTIONS},
            tuple(self._script(node)),
            "staging" in yaml_nodes.mapping(node) or node is yaml_nodes.get(self.top, "cache"),
        )

    def _name(self, node: yaml.Node) -> str:
        keys = (("package", "name"), ("staging", "name"), ("name",))
        found = (yaml_nodes.get(node, *each) for each in keys)
        raw = next((str(each.value) for each in found if isinstance(each, yaml.ScalarNode)), "")
        fill = re.compile(r"\$?\{\{\s*(\w+)(?:\s*\|\s*\w+)*\s*\}\}")
        return fill.sub(lambda match: self.context.get(match[1], match[0]), raw)

    def _specs(self, required: yaml.Node | None, section: str) -> Iterator[Spec]:
        node = yaml_nodes.get(required, section)
        if section == "run" and not isinstance(required, yaml.MappingNode):
            node = required  # conda-build: an output's requirements may be a list
        if section == "run_constraints" and node is None:
            node = yaml_nodes.get(required, "run_constrained")
        return (Spec(item.text, item.line) for item in yaml_nodes.scalars(node, self.decide))

    def _script(self, node: yaml.Node) -> Iterator[Line]:
        script = yaml_nodes.get(node, "build", "script")
        if script is None and node is not self.top:
            script = yaml_nodes.get(node, "script")  # conda-build's outputs
        if script is None:
            yield from self._default(node)
            return
        if not _is_shell(script):
            return
        file = yaml_nodes.get(script, "file")
        if isinstance(file, yaml.ScalarNode):
            name = str(file.value)
            yield from self.scripts(name if name.endswith(".sh") else f"{name}.sh")
            return
        content = yaml_nodes.get(script, "content")
        for item in yaml_nodes.scalars(content if content is not None else script, self.decide):
            yield from self._lines(item)

    def _default(self, node: yaml.Node) -> Iterator[Line]:
        """The script of an output that names none: in v1, the top's or ``build.sh``."""
        if node is self.top:
            yield from self.scripts("build.sh")
        elif self.is_v1 and self.top and "inherit" not in yaml_nodes.mapping(node):
            yield from self._script(self.top)

    def _lines(self, item: Item) -> Iterator[Line]:
        file = _FILE.fullmatch(item.text.strip())
        if file:
            yield from self.scripts(file[1])
            return
        for number, line in enumerate(item.text.splitlines()):
            yield Line(line, self.text.name, item.line + item.is_block + number)


_FILE = re.compile(
    r"(?:(?:ba|z)?sh\s+(?:-\w+\s+)*|source\s+|\.\s+)?['\"]?"
    r"(?:\$\{?RECIPE_DIR\}?/|\$?\{\{ *RECIPE_DIR *\}\}/|\./)?([\w.-][\w./-]*\.sh)['\"]?"
)
"""A line of a script that runs a script beside the recipe, and nothing else."""


def _is_shell(script: yaml.Node) -> bool:
    """Whether a script is bash's, as it is without an ``interpreter``."""
    interpreter = yaml_nodes.get(script, "interpreter")
    return interpreter is None or interpreter.value in ("bash", "sh")
