"""The sources of bindings: each with the headers that it includes, near and far."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crosscraft.building.check import cxx_language
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text

__all__ = ["SOURCES", "Unit", "units"]

SOURCES = ("*.cpp", "*.cc", "*.cxx")
"""The names of C++ sources that are compiled by themselves."""
_LIBRARIES = ("nanobind", "pybind11")
_BINDS = re.compile(r"\bdef(?:_\w+)?\s*\(|MODULE\s*\(")
"""What a source that binds contains. To follow the headers of all others takes too long."""
_MAY_BIND = re.compile(r"torch|pybind|nanobind|binding|caster|python|extension", re.I)
"""Headers of others that may include the library's headers. Python.h does not."""


@dataclass(frozen=True)
class Unit:
    """A source with what it includes."""

    source: Text
    """The source."""
    files: tuple[Text, ...]
    """The source and the headers of the project that it includes, near and far."""
    headers: frozenset[str]
    """All headers that they include, as written."""
    library: str
    """``nanobind`` or ``pybind11``, or empty: neither, both, or headers that are not here."""


def units(project: Project) -> Iterator[Unit]:
    """Yield the sources of the project that include nanobind or pybind11."""
    if not any(own in text.content for text in project.texts.values() for own in _OWN):
        return
    near = _by_name(project)
    for text in project.named(*SOURCES):
        unit = _unit(project, text, near) if _BINDS.search(text.content) else None
        if unit and unit.library:
            yield unit


_ByName = Mapping[str, Sequence[Text]]
"""The files of a project by their names without folders."""


def _by_name(project: Project) -> _ByName:
    found: dict[str, list[Text]] = {}
    for path, text in project.texts.items():
        found.setdefault(posixpath.basename(path), []).append(text)
    return found


def _unit(project: Project, source: Text, near: _ByName) -> Unit:
    files, headers, is_whole = {source.name: source}, set(), True
    waiting = [source]
    while waiting:
        text = waiting.pop()
        for name, is_quoted, _ in cxx_language.includes(text.content):
            headers.add(name)
            if name.startswith(_OWN):
                continue
            found = _found(project, text, name, near)
            if found and found.name not in files:
                files[found.name] = found
                waiting.append(found)
            elif not found and (is_quoted or _MAY_BIND.search(name)):
                is_whole = is_whole and name == "Python.h"
    used = [each for each in _LIBRARIES if any(name.startswith(f"{each}/") for name in headers)]
    library = used[0] if is_whole and len(used) == 1 else ""
    return Unit(source, tuple(files.values()), frozenset(headers), library)


_OWN = tuple(f"{each}/" for each in _LIBRARIES)


def _found(project: Project, text: Text, name: str, near: _ByName) -> Text | None:
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(text.name), name))
    if beside in project.texts:
        return project.texts[beside]
    end = f"/{posixpath.normpath(name).lstrip('./')}"
    rows = near.get(posixpath.basename(name), ())
    return next((each for each in rows if f"/{each.name}".endswith(end)), None)
