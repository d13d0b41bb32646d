"""Traps of programs that a build script runs on the wrong machine, or on the wrong file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.detectors._outputs import crossed
from crosscraft.building.check.guards import always_run
from crosscraft.building.check.model import Place
from crosscraft.building.check.project import Project

__all__ = ["ldd_on_the_target", "target_tool"]

_OURS = re.compile(
    r"(?:\$\{?(?:PREFIX|CONDA_PREFIX)\}?|\$?\{\{PREFIX\}\})/(?:s?bin|libexec)/([\w.+-]+)\Z"
)
_SCRIPTS = re.compile(
    r"(?:.*-config|.*\.(?:sh|py|pl|rb)|python[\d.]*|pip[\d.]*|meson|scons|cython|cmake"
    r"|perl|autoreconf|libtoolize|aclocal|autoconf|automake|gtkdocize|intltoolize)\Z"
)
_SHIMS = ("cross-python", "crossenv", "qemu", "emulator")


def target_tool(project: Project) -> Iterator[Place]:
    """A program of the host environment that a cross build runs."""
    for output in crossed(project):
        specs = {spec.text for spec in output.requirements["build"]}
        if any(name in spec for spec in specs for name in _SHIMS):
            continue
        script = "\n".join(line.text for line in output.script)
        for command in always_run(output):
            found = _OURS.match(command.argv[0]) if command.argv else None
            if not found or _SCRIPTS.match(found[1]) or _is_replaced(found[1], script):
                continue
            yield Place(command.file, command.line, {"program": found[1], "path": found[0]})


def _is_replaced(name: str, script: str) -> bool:
    """Whether the script itself puts something in the place of the program."""
    place = rf"\$\{{?PREFIX\}}?/(?:s?bin|libexec)/{re.escape(name)}(?![\w.+-])"
    return bool(re.search(rf"(?m)(?:>\s*|^\s*(?:cp|ln|mv|install)\b.*\s)\"?{place}\"?\s*$", script))


def ldd_on_the_target(project: Project) -> Iterator[Place]:
    """``ldd``, which starts the loader of the target."""
    if not project.target.startswith("linux-"):
        return
    for output in crossed(project):
        for command in always_run(output):
            if command.argv[:1] == ("ldd",) and len(command.argv) > 1:
                yield Place(command.file, command.line, {"program": command.argv[-1]})
