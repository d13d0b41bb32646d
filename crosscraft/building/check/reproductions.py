"""Make the project in which a trap can be seen, and repair it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from crosscraft.building.check.check import check
from crosscraft.building.check.model import Edit, Replacement, Reproduction, Trap
from crosscraft.paths import ROOT

__all__ = ["expanded", "plant", "repair", "replace"]

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


def repair(trap: Trap, project: Path) -> None:
    """Repair a planted project, by what ``crosscraft check`` proposes, or else by the catalogue.

    :raises ValueError: if the text to replace is not in the file exactly once.
    """
    reproduction = trap.reproduction
    assert reproduction is not None
    edits: dict[Path, list[Edit]] = {}
    for finding in check(project, [reproduction.platform]).findings:
        if finding.trap == trap and finding.edit:
            edits.setdefault(Path(finding.file), []).append(finding.edit)
    for path, wanted in edits.items():
        _apply(wanted, path)
    if not edits:
        replace(reproduction.fix, project)


def expanded(words: Sequence[str], project: Path) -> list[str]:
    """Return the words of a command as a shell does, with files in the place of a pattern."""
    found: list[str] = []
    for word in words:
        is_pattern = word.startswith("output/")
        found += sorted(map(str, project.glob(word))) if is_pattern else [word]
    return found


def _apply(edits: Iterable[Edit], path: Path) -> None:
    lines = path.read_bytes().decode().split("\n")
    # From the last to the first, so that the lines of the others keep their numbers.
    for edit in sorted(edits, key=lambda edit: edit.line, reverse=True):
        lines[edit.line - 1 : edit.line - 1 + edit.count] = edit.new
    path.write_bytes("\n".join(lines).encode())
