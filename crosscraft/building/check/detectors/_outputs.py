"""What several detectors ask of a recipe's outputs and of their scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output
from crosscraft.building.check.scripts import Command

__all__ = [
    "compiled", "configures", "crossed", "has_cross_python", "mentions", "outputs_for", "script_of",
]  # fmt: skip

_NO_CONFIGURE = {
    "--build", "--install", "-E", "-P", "--version", "--help", "--open", "--workflow", "-N",
}  # fmt: skip
_CMAKES = {"cmake", "${CMAKE}", "$CMAKE", "cmake3", "emcmake"}


def compiled(project: Project) -> Iterator[Output]:
    """Yield the outputs that are compiled for the target: with a compiler, and not ``noarch``."""
    for _, output in project.outputs:
        if output.compilers() and not output.noarch:
            yield output


def crossed(project: Project) -> Iterator[Output]:
    """Yield the outputs that are compiled for the target, if this is a cross build."""
    return compiled(project) if project.is_cross else iter(())


def outputs_for(project: Project, file: str) -> tuple[Output, ...]:
    """Return the compiled outputs of the recipe in whose project a file is: the innermost one."""
    bases: dict[PurePosixPath, list[Output]] = {}
    of_targets = list(compiled(project))
    for recipe, output in project.outputs:
        folder = PurePosixPath(recipe.text.name).parent
        base = folder.parent if folder.name in ("recipe", "conda.recipe", "conda") else folder
        bases.setdefault(base, []).extend([output] if output in of_targets else [])
    above = [base for base in bases if base in PurePosixPath(file).parents]
    return tuple(bases[max(above, key=lambda base: len(base.parts))]) if above else ()


def configures(output: Output) -> Iterator[Command]:
    """Yield the calls of ``cmake`` that configure a project."""
    for command in output.commands:
        is_called = command.program in _CMAKES and len(command.argv) > 1
        again = any(word.startswith("-U") for word in command.argv)
        if is_called and not again and not _NO_CONFIGURE & set(command.argv):
            yield command


def script_of(output: Output) -> str:
    """Return the whole build script."""
    return "\n".join(line.text for line in output.script)


def mentions(project: Project, words: str) -> bool:
    """Whether a build script matches a regular expression."""
    return any(re.search(words, script_of(output)) for _, output in project.outputs)


def has_cross_python(output: Output) -> bool:
    """Whether a Python that runs here stands in for the target's."""
    brings = any("cross-python" in spec.text for spec in output.requirements["build"])
    return brings or "crossenv" in script_of(output)
