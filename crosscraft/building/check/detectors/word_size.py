"""The trap of ``-m64`` and ``-m32``, which few compilers know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.make_project import is_aside, makefiles
from crosscraft.building.check.makefile import Makefile
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text

__all__ = ["word_size_flag"]

_FLAG = re.compile(r"(?<!\S)(-m(?:64|32))(?!\S)")
_WITHOUT = ("aarch64", "armv6l", "armv7l", "riscv64", "riscv32", "loongarch64")
"""Processors of which GCC has no ``-m64``. That of ppc64le and s390x has one."""


def word_size_flag(project: Project) -> Iterator[Place]:
    """``-m64`` in a makefile, whatever the target is."""
    system, _, processor = project.target.partition("-")
    if system == "linux" and processor in _WITHOUT:
        for text, made in makefiles(project):
            for line in _lines(made):
                found = _FLAG.search(text.lines[line - 1])
                if found:
                    yield Place(text.name, line, {"flag": found[1]}, _without(text, line))


def _lines(made: Makefile) -> Iterator[int]:
    """Yield the lines of variables and commands that a build always uses."""
    yield from (each.line for each in made.variables if each.name not in made.asked)
    for rule in made.rules:
        if not is_aside(rule):
            yield from (command.line for command in rule.commands)


def _without(text: Text, line: int) -> Edit:
    changed = re.sub(r"[ \t]+-m(?:64|32)(?!\S)|-m(?:64|32)(?:[ \t]+|\Z)", "", text.lines[line - 1])
    return Edit(line, 1, (changed,))
