"""Containers of the standard library that a binding cannot convert without a header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from crosscraft.building.check import cxx_bindings, cxx_language, cxx_types, cxx_units
from crosscraft.building.check.cxx_bindings import Bound
from crosscraft.building.check.cxx_types import Names
from crosscraft.building.check.cxx_units import Unit
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text

__all__ = ["stl_header_missing_argument", "stl_header_missing_return"]

_PYBIND11 = {
    **dict.fromkeys(
        ("array", "deque", "list", "map", "optional", "set", "unordered_map", "unordered_set",
         "valarray", "variant", "vector"), "pybind11/stl.h"),
    "chrono": "pybind11/chrono.h",
    "complex": "pybind11/complex.h",
    "filesystem": "pybind11/stl/filesystem.h",
    "function": "pybind11/functional.h",
}  # fmt: skip
"""Source: pybind11's documentation, "Type conversions". What is not here needs no header."""
_NANOBIND = {
    name: f"nanobind/stl/{name}.h"
    for name in cxx_types.NAMES
    if name not in ("deque", "valarray")  # it has none for them
}
"""Source: nanobind's documentation, "Exchanging information": a header for each type."""
_HEADERS = {"nanobind": _NANOBIND, "pybind11": _PYBIND11}

_BRING = {
    "nanobind/make_iterator.h": ("nanobind/stl/pair.h",),
    "nanobind/stl/bind_map.h": tuple(f"nanobind/stl/{name}.h" for name in ("pair", "map")),
    "nanobind/stl/bind_vector.h": ("nanobind/stl/pair.h", "nanobind/stl/vector.h"),
    "pybind11/stl_bind.h": ("pybind11/stl.h",),
}
"""What other headers include, or offer in their place."""


def stl_header_missing_argument(project: Project) -> Iterator[Place]:
    """A bound function that takes a container, in a source without the header for it."""
    for text, rows, _ in _missing(project):
        if rows:
            yield _place(text, rows)


def stl_header_missing_return(project: Project) -> Iterator[Place]:
    """A bound function that returns a container, in a source without the header for it."""
    for text, taken, rows in _missing(project):
        known = {header for _, _, header in taken}
        if left := [row for row in rows if row[2] not in known]:
            yield _place(text, left)


_Row = tuple[Bound, str, str]
"""A function, a container that it has in its types, and the header that is missing."""


@lru_cache(maxsize=4)
def _missing(project: Project) -> list[tuple[Text, list[_Row], list[_Row]]]:
    """Return what is missing in each file, for arguments and for what is returned."""
    found: dict[str, tuple[Text, list[_Row], list[_Row]]] = {}
    units = list(cxx_units.units(project))
    where = project.named(*_WHERE) if units else ()
    every = tuple(cxx_language.bare(text.content) for text in where)
    for unit in units:
        for text, taken, returned in _of_unit(unit, every):
            found.setdefault(text.name, (text, taken, returned))
    return list(found.values())


_WHERE = (*cxx_units.SOURCES, "*.hpp", "*.hh", "*.hxx", "*.h", "*.c")


def _of_unit(unit: Unit, every: Sequence[str]) -> Iterator[tuple[Text, list[_Row], list[_Row]]]:
    names = cxx_types.names(tuple(cxx_language.bare(text.content) for text in unit.files))
    for text in unit.files:
        code = cxx_language.bare(text.content)
        taken: list[_Row] = []
        returned: list[_Row] = []
        for function in cxx_bindings.bound(code, text.content, every):
            arguments = [[*each.parameters] for each in function.candidates]
            results = [[each.returns] for each in function.candidates]
            taken += _rows(unit, names, function, arguments)
            returned += _rows(unit, names, function, results)
        yield text, taken, returned


def _rows(
    unit: Unit, names: Names, function: Bound, types: Sequence[Sequence[str]]
) -> Iterator[_Row]:
    """Yield the containers that are in the types of each candidate, and lack a header."""
    present = set(unit.headers).union(*(_BRING.get(name, ()) for name in unit.headers))
    each = [[name for type_ in row for name in names.containers(type_)] for row in types]
    for container in dict.fromkeys(each[0] if each else ()):
        header = _HEADERS[unit.library].get(container)
        if header and header not in present and all(container in row for row in each):
            yield function, container, header


def _place(text: Text, rows: Sequence[_Row]) -> Place:
    function, container, _ = rows[0]
    values = {"function": function.name, "container": container}
    headers = list(dict.fromkeys(header for _, _, header in rows))
    return Place(text.name, text.line_of(function.at), values, _inserted(text, headers))


def _inserted(text: Text, headers: Sequence[str]) -> Edit | None:
    """Insert the headers behind the last one of the library, or else behind the last one."""
    rows = cxx_language.includes(text.content)
    library = headers[0].partition("/")[0]
    near = [at for name, _, at in rows if name.startswith(f"{library}/")]
    if not rows:
        return None
    line = text.line_of((near or [rows[-1][2]])[-1])
    end = "\r" if text.lines[line - 1].endswith("\r") else ""
    return Edit(line + 1, 0, tuple(f"#include <{header}>{end}" for header in headers))
