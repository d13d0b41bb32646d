"""Traps in the compilers that a recipe asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output, Recipe, Spec

__all__ = ["compiler_of_the_build_machine"]

_OF_PLATFORM = re.compile(r"(gcc|gxx|gfortran|clang|clangxx)_((?:linux|osx)-\w+)\Z")
_LANGUAGES = {
    "c-compiler": "c", "gcc": "c", "clang": "c", "cxx-compiler": "cxx", "gxx": "cxx",
    "clangxx": "cxx", "fortran-compiler": "fortran", "gfortran": "fortran", "compilers": "",
}  # fmt: skip
_ONLY_WITH_PLATFORM = {"clang", "clangxx"}
"""By themselves they are programs that read code, too."""


def compiler_of_the_build_machine(project: Project) -> Iterator[Place]:
    """A compiler by name that writes code for the machine that builds, and no other compiler."""
    for recipe, output in project.outputs if project.is_cross else ():
        if output.noarch or _has_compiler_for(project.target, output):
            continue
        for spec in output.requirements["build"]:
            language = _language(spec)
            if language is not None:
                values = {"compiler": spec.name, "target": project.target}
                edit = _by_function(recipe, spec, language)
                yield Place(recipe.text.name, spec.line, values, edit)
                break


def _has_compiler_for(target: str, output: Output) -> bool:
    names = [spec.name for spec in output.requirements["build"]]
    has_function = any("compiler(" in spec.text for spec in output.requirements["build"])
    templates = any(re.match(r"\w+_\$?\{\{", spec.text) for spec in output.requirements["build"])
    return has_function or templates or any(name.endswith(f"_{target}") for name in names)


def _language(spec: Spec) -> str | None:
    """Return the language of a compiler of the build machine, or None for another package."""
    found = _OF_PLATFORM.match(spec.name)
    if found:
        return _LANGUAGES[found[1]]
    return None if spec.name in _ONLY_WITH_PLATFORM else _LANGUAGES.get(spec.name)


def _by_function(recipe: Recipe, spec: Spec, language: str) -> Edit | None:
    line = recipe.text.lines[spec.line - 1]
    if not language or line.strip() != f"- {spec.text}":
        return None
    call = f"- {'$' * recipe.is_v1}{{{{ compiler('{language}') }}}}"
    return Edit(spec.line, 1, (line.replace(f"- {spec.text}", call),))
