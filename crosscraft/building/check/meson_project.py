"""The ``meson.build`` files of a project, in the order in which Meson reads them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache

from crosscraft.building.check import meson_language
from crosscraft.building.check.meson_language import Known, Statement
from crosscraft.building.check.project import Project

__all__ = ["needs_a_wrapper", "statements"]

_FAMILIES = {"64": "x86_64", "32": "x86", "arm64": "aarch64", "ppc64le": "ppc64"}
_DEEPEST = 50


def needs_a_wrapper(project: Project) -> bool:
    """Whether this machine cannot run programs of the target, as Meson decides it.

    Source: ``need_exe_wrapper``, which lets an x86-64 machine run 32-bit programs.
    """
    return project.is_cross and (project.build, project.target) != ("linux-64", "linux-32")


@lru_cache(maxsize=1)
def statements(project: Project) -> tuple[Statement, ...]:
    """Return the statements of the top ``meson.build`` and of the folders that it reads."""
    return tuple(_of_file(project, "meson.build", _known(project), True, 0))


def _of_file(
    project: Project, name: str, known: Known, reached: bool | None, depth: int
) -> Iterator[Statement]:
    text = project.texts.get(name)
    if text is None or depth > _DEEPEST:
        return
    for statement in meson_language.statements(text, known, reached):
        yield statement
        for call in statement.calls:
            if call.name == "subdir" and call.arguments and call.arguments[0][0].kind == "string":
                folder = posixpath.join(posixpath.dirname(name), call.arguments[0][0].text)
                inner = posixpath.normpath(posixpath.join(folder, "meson.build"))
                if inner != name:
                    yield from _of_file(project, inner, known, statement.reached, depth + 1)


def _known(project: Project) -> Known:
    system, _, processor = project.target.partition("-")
    runs = not needs_a_wrapper(project)
    return {
        "true": True, "false": False, "meson.is_cross_build()": project.is_cross,
        "meson.can_run_host_binaries()": runs, "meson.has_exe_wrapper()": runs,
        "host_machine.system()": {"osx": "darwin"}.get(system, system),
        "host_machine.cpu_family()": _FAMILIES.get(processor, processor),
    }  # fmt: skip
