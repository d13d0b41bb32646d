"""Which commands of a build script a cross build certainly runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output
from crosscraft.building.check.scripts import Command, Line

__all__ = ["always_run", "compiled"]

_OPENS = re.compile(r"(?:^|[;&|]\s*)\s*(?:if|case)\b")
_CLOSES = re.compile(r"(?:^|[;&|]\s*)\s*(?:fi|esac)\b")
_FUNCTION = re.compile(r"^\s*(?:function\s+[\w-]+|[\w-]+\s*\(\))\s*(?:\(\))?\s*\{?\s*(?:#.*)?$")
_ATTEMPT = re.compile(r"\|\|\s*(?:true\b|:|echo\b)")
_LEAVES = re.compile(r"\bexit(?:\s+0)?\s*(?:;|$)")
_ASKED = re.compile(r"\[\[?\s.*&&|&&\s*$")


def always_run(output: Output) -> Iterator[Command]:
    """Yield the commands outside of conditions and functions, whose failure ends the build."""
    undecided = set(_undecided(output.script))
    for command in output.commands:
        where = (command.file, command.line)
        if where not in undecided and not _ATTEMPT.search(command.text):
            yield command


def compiled(project: Project) -> Iterator[Output]:
    """Yield the outputs with machine code of the target, in a cross build."""
    outputs = (output for _, output in project.outputs) if project.is_cross else iter(())
    return (output for output in outputs if output.compilers() and not output.noarch)


def _undecided(lines: Sequence[Line]) -> Iterator[tuple[str, int]]:
    """Yield the places of the lines that run only under a condition."""
    depth, file, is_function, has_left = 0, "", False, False
    for line in lines:
        if line.file != file:
            depth, file, is_function, has_left = 0, line.file, False, False
        text = line.text.partition(" #")[0]
        opened, closed = len(_OPENS.findall(text)), len(_CLOSES.findall(text))
        is_function = is_function or bool(_FUNCTION.match(text))
        is_asked = bool(depth or opened or is_function or _ASKED.search(text))
        if is_asked or has_left:
            yield line.file, line.line
        has_left = has_left or (is_asked and bool(_LEAVES.search(text)))
        depth = max(0, depth + opened - closed)
        is_function = is_function and not text.startswith("}")
