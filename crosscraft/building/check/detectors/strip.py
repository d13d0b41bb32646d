"""The trap of ``strip``, which reads programs of its own machine alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.detectors._outputs import crossed
from crosscraft.building.check.guards import always_run
from crosscraft.building.check.make_project import is_aside, is_told, makefiles, with_environment
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output
from crosscraft.building.check.scripts import Command

__all__ = ["strip_of_this_machine"]

_INSTALL_S = re.compile(r"(?:\S*/)?install\s(?:\S+\s)*?(?:-[bcCdDpTv]*s\w*|--strip)\s")


def strip_of_this_machine(project: Project) -> Iterator[Place]:
    """``strip`` by its name, or ``install -s``, which runs it."""
    if project.target.startswith("linux-"):
        yield from _in_scripts(project)
        yield from _in_makefiles(project)


def _in_scripts(project: Project) -> Iterator[Place]:
    for output in crossed(project):
        for command in always_run(output):
            if command.argv[:1] == ("strip",) and "strip" not in _defined(output):
                edit = _instead(project, command, r"(?<![\w$/{.-])strip(?=\s)", "$STRIP")
                yield Place(command.file, command.line, {"command": "strip"}, edit)
            elif _stripping(" ".join((*command.argv, ""))) == "install -s":
                yield Place(command.file, command.line, {"command": "install -s"})


def _in_makefiles(project: Project) -> Iterator[Place]:
    for text, made in makefiles(project):
        if is_told(project, "STRIP"):
            continue
        for each in made.variables:
            is_set = each.name == "STRIP" and each.operator in ("=", ":=", "::=", ":::=")
            if is_set and each.value == "strip" and "STRIP" not in made.asked:
                edit = with_environment(text, each)
                yield Place(text.name, each.line, {"command": "strip"}, edit)
        for rule in made.rules:
            for command in rule.commands if not is_aside(rule) else ():
                name = _stripping(command.text)
                if name:
                    yield Place(text.name, command.line, {"command": name})


def _stripping(text: str) -> str:
    if re.match(r"strip\s", text):
        return "strip"
    return "install -s" if _INSTALL_S.match(text) and "strip-program" not in text else ""


def _defined(output: Output) -> set[str]:
    """The functions and aliases that a script defines."""
    script = "\n".join(line.text for line in output.script)
    return set(re.findall(r"(?m)^\s*(?:alias\s+|function\s+)?(\w+)\s*(?:\(\)|=)", script))


def _instead(project: Project, command: Command, old: str, new: str) -> Edit | None:
    line = project.texts[command.file].lines[command.line - 1]
    changed, count = re.subn(old, new, line)
    return Edit(command.line, 1, (changed,)) if count == 1 else None
