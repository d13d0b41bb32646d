"""Traps in makefiles."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from crosscraft.building.check.make_project import is_aside, is_told, makefiles, with_environment
from crosscraft.building.check.makefile import Command, Makefile, Rule
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text

__all__ = ["names_a_compiler", "runs_its_own_program"]

_COMPILER = re.compile(r"(?:ccache\s+)?(gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-\d+)?(?=\s|$)")
_OF_LANGUAGE = {"gcc": "CC", "cc": "CC", "clang": "CC"}
_COMPILES = re.compile(r"\$[({](?:CC|CXX|LINK\.\w+|LD|COMPILE\.\w+)[)}]")
_FOR_BUILD = re.compile(
    r"FOR_BUILD|HOST_?CC|HOST_?CXX|BUILD_?CC|BUILD_?CXX|CC_?BUILD|CC_?HOST|NATIVE"
)


def names_a_compiler(project: Project) -> Iterator[Place]:
    """A compiler by its name, where make would take the one of the environment."""
    for text, made in makefiles(project):
        if not is_told(project, "CC", "CXX"):
            yield from _in_variables(text, made)
            yield from _in_commands(text, made)


def _in_variables(text: Text, made: Makefile) -> Iterator[Place]:
    for each in () if made.includes else made.variables:
        is_set = each.name in ("CC", "CXX") and each.operator in ("=", ":=", "::=", ":::=")
        if is_set and each.name not in made.asked and _COMPILER.match(each.value):
            values = {"what": f"{each.name} {each.operator} {each.value}"}
            edit = with_environment(text, each)
            yield Place(text.name, each.line, values | {"right": f"{each.name} ?="}, edit)


def _in_commands(text: Text, made: Makefile) -> Iterator[Place]:
    for rule in _built(made):
        # What make runs itself is rightly compiled for this machine.
        for command in () if _targets(rule) & _started(made) else rule.commands:
            found = _COMPILER.match(command.text)
            if found and re.search(r"\s-(?:c|o|shared)\b", command.text):
                right = f"$({_OF_LANGUAGE.get(found[1], 'CXX')})"
                line = text.lines[command.line - 1]
                edit = Edit(command.line, 1, (line.replace(found[0], right, 1),))
                yield Place(text.name, command.line, {"what": found[0], "right": right}, edit)


def runs_its_own_program(project: Project) -> Iterator[Place]:
    """A rule that runs a program which another rule has built for the target."""
    for text, made in makefiles(project):
        built = {target for rule in made.rules if _builds(rule) for target in _targets(rule)}
        for rule in _built(made):
            for command in rule.commands:
                program = _program(made, rule, command)
                if program in built:
                    yield Place(text.name, command.line, {"program": program})


def _built(made: Makefile) -> Iterator[Rule]:
    """Yield the rules that make files, which a build does not leave out."""
    phony = {name for rule in made.rules if ".PHONY" in rule.targets for name in rule.prerequisites}
    usual = {"all", "install", "default", "build"}
    for rule in made.rules:
        if not is_aside(rule) and not (phony - usual) & set(rule.targets):
            yield rule


def _targets(rule: Rule) -> set[str]:
    return {posixpath.normpath(target) for target in rule.targets}


def _started(made: Makefile) -> set[str]:
    """The programs that rules start by a path."""
    return {_program(made, rule, each) for rule in made.rules for each in rule.commands} - {""}


def _builds(rule: Rule) -> bool:
    """Whether a rule links a program with the compiler for the target."""
    text = "\n".join(command.text for command in rule.commands)
    if not rule.commands:  # an implicit rule links it
        return any(name.endswith((".o", ".c", ".cc", ".cpp")) for name in rule.prerequisites)
    return bool(_COMPILES.search(text)) and " -c " not in text and not _FOR_BUILD.search(text)


def _program(made: Makefile, rule: Rule, command: Command) -> str:
    """Return the program that a command starts, if it starts one by a path."""
    first = command.text.split(None, 1)[0]
    prerequisite = rule.prerequisites[0] if rule.prerequisites else ""
    for automatic in ("$<", "$^"):
        first = first.replace(automatic, prerequisite)
    word = made.expand(first)
    return posixpath.normpath(word) if "/" in word and "$" not in word else ""
