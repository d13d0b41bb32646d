"""Traps in the files of build scripts, whatever their commands are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project

__all__ = ["crlf_script", "cross_flag_always_set", "site_packages_by_hand"]

_EMPTY = re.compile(r"(-[nz]) +(\"?)\$\{?CONDA_BUILD_CROSS_COMPILATION(?::?[-+]\w*)?\}?\2(?=\s)")
_BY_HAND = re.compile(r"\$\{?PREFIX\}?/lib/python(?P<version>3\.\d+)/site-packages")


def cross_flag_always_set(project: Project) -> Iterator[Place]:
    """A script that asks whether the flag of a cross build is empty, which it never is."""
    seen = set()
    for _, output in project.outputs:
        for line in output.script:
            found = _EMPTY.search(line.text)
            if found and (line.file, line.line) not in seen:
                seen.add((line.file, line.line))
                old = project.texts[line.file].lines[line.line - 1]
                edit = Edit(line.line, 1, (_EMPTY.sub(_compared, old),))
                yield Place(line.file, line.line, {"condition": found[0]}, edit)


def _compared(found: re.Match[str]) -> str:
    return f'"${{CONDA_BUILD_CROSS_COMPILATION:-}}" {"!=" if found[1] == "-z" else "="} "1"'


def crlf_script(project: Project) -> Iterator[Place]:
    """A build script with the line ends of Windows."""
    used = {line.file for _, output in project.outputs for line in output.script}
    for name in sorted(used):
        if name.endswith(".sh") and any(line.endswith("\r") for line in project.texts[name].lines):
            yield Place(name, project.line_with(name, "\r"), {"file": name})


def site_packages_by_hand(project: Project) -> Iterator[Place]:
    """A script that writes into the site-packages of one version of Python."""
    for _, output in project.outputs:
        python = output.spec("host", "python")
        if not python or re.search(r"\d", python.text):
            continue
        for line in output.script:
            found = _BY_HAND.search(line.text)
            if found and not line.text.lstrip().startswith("#"):
                old = project.texts[line.file].lines[line.line - 1]
                edit = Edit(line.line, 1, (_BY_HAND.sub("$SP_DIR", old),))
                yield Place(line.file, line.line, {"version": found["version"]}, edit)
