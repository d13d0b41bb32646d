"""Make the project in which a trap can be seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from crosscraft.building.check.model import Replacement, Reproduction
from crosscraft.paths import ROOT

__all__ = ["plant", "replace"]

_LEFT_OUT = shutil.ignore_patterns("output", "build", ".pixi", "__pycache__")


def plant(reproduction: Reproduction, folder: Path) -> Path:
    """Make the project with the trap in `folder`, and return its path.

    :raises ValueError: if the text to replace is not in the file exactly once.
    """
    project = folder / "project"
    if reproduction.project:
        shutil.copytree(ROOT / reproduction.project, project, ignore=_LEFT_OUT)
    replace(reproduction.edits, project)
    return project


def replace(edits: Iterable[Replacement], project: Path) -> None:
    """Make changes in a project, each of text that is there once.

    :raises ValueError: if the text to replace is not in the file exactly once.
    """
    for edit in edits:
        path = project / edit.file
        if not edit.old:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(edit.new, encoding="utf-8", newline="")
            continue
        text = path.read_text(encoding="utf-8")
        if text.count(edit.old) != 1:
            raise ValueError(f"{edit.file} has {edit.old!r} {text.count(edit.old)} times")
        path.write_text(text.replace(edit.old, edit.new), encoding="utf-8", newline="")
