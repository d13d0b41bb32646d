"""What several detectors ask of CMake files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from crosscraft.building.check.cmake_language import Command, expand
from crosscraft.building.check.project import Project

__all__ = ["PythonSearch", "is_aside", "policy_at", "python_searches", "sets_for_builds"]

_ASIDE = re.compile(r"tests?|testing|unittests?|bench\w*|examples?|samples?|docs?|demos?", re.I)
_COMPONENTS = {
    "Interpreter", "Compiler", "NumPy", "Development", "Development.Module",
    "Development.Embed", "Development.SABIModule",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PythonSearch:
    """A ``find_package(Python …)`` that a cross build may reach."""

    command: Command
    """The command."""
    components: frozenset[str]
    """The components by name. ``NumPy`` stands for those that it implies, too."""
    is_whole: bool
    """Whether there are no others: none comes out of a variable."""

    @property
    def wants_program(self) -> bool:
        """Whether it asks for a Python that runs."""
        return bool(self.components & {"Interpreter", "Compiler"})

    @property
    def wants_headers(self) -> bool:
        """Whether it asks for what extensions are compiled with."""
        return any(each.startswith("Development") for each in self.components)


def is_aside(command: Command) -> bool:
    """Whether it stands in a folder that a package's build leaves out as a rule."""
    return any(_ASIDE.fullmatch(part) for part in PurePosixPath(command.file).parts[:-1])


def python_searches(project: Project) -> Iterator[PythonSearch]:
    """Yield the searches for Python that a cross build may reach."""
    for command in project.cmake:
        is_search = command.name == "find_package" and command.reached is not False
        if is_search and command.words[:1] in (("Python",), ("Python3",)):
            yield _search(project, command)


def _search(project: Project, command: Command) -> PythonSearch:
    words = [expand(word, project.cmake_variables) for word in command.words[1:]]
    found = {word for each in words for word in re.split(r"[;\s]", each) if word in _COMPONENTS}
    keywords = ("COMPONENTS", "REQUIRED", "OPTIONAL_COMPONENTS")
    start = min((words.index(each) for each in keywords if each in words), default=len(words))
    unknown = [word for word in words[start:] if "${" in word]
    if any(re.search(r"DEV|MODULE", word, re.I) for word in unknown):
        found.add("Development.Module")
    if "NumPy" in found:
        found |= {"Interpreter", "Development.Module"}
    if not found and not unknown:
        found = {"Interpreter"}
    return PythonSearch(command, frozenset(found), not unknown)


def policy_at(project: Project, command: Command) -> tuple[int, int]:
    """Return the newest policies in force at a command, as a version of CMake."""
    settings = [
        each
        for each in project.cmake
        if each.name in ("cmake_minimum_required", "cmake_policy") and "VERSION" in each.words
    ]
    here = [each for each in settings if each.file == command.file and each.line < command.line]
    above = [each for each in settings if _is_above(each.file, command.file)]
    versions = [_newest(each) for each in here or above]
    return (versions[-1] if here else max(versions)) if versions else (0, 0)


def _is_above(file: str, other: str) -> bool:
    return PurePosixPath(file).parent in PurePosixPath(other).parents and file != other


def _newest(command: Command) -> tuple[int, int]:
    numbers = re.findall(r"(\d+)\.(\d+)", command.after("VERSION").split("...")[-1])
    return (int(numbers[0][0]), int(numbers[0][1])) if numbers else (0, 0)


def sets_for_builds(project: Project, words: str) -> bool:
    """Whether a ``set`` of any kind, or an argument of one, matches a regular expression."""
    setters = ("set", "set_target_properties", "set_property", "option", "cmake_policy")
    return any(
        re.search(words, " ".join(command.words))
        for command in project.cmake
        if command.name in setters
    )
