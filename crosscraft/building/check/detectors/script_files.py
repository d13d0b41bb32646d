"""Traps in the files of build scripts, whatever their commands are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project

__all__ = ["crlf_script", "site_packages_by_hand"]

_BY_HAND = re.compile(r"\$\{?PREFIX\}?/lib/python(?P<version>3\.\d+)/site-packages")


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
