"""Make a new project: a template's files, with another name."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

import yaml

from crosscraft.building import placeholders, project_name, templates
from crosscraft.building.templates import RECIPE
from crosscraft.errors import StorageError
from crosscraft.paths import ROOT
from crosscraft.system import files, scratch, storage_errors, tracked
from crosscraft.text import printable

__all__ = ["NewProject", "create", "next_steps", "render"]

_ADDED = Path(__file__).with_name("new_files")
"""Files that each project gets. ``$name`` and so on stand for what differs."""

_OWN_PAGE = "README.md"
"""The template's page explains the template, so it is left out."""

_HOMEPAGE = re.compile(r"(?<=^  homepage: ).*$", re.M)


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project that was made."""

    folder: Path
    """Where it is."""
    content: Mapping[str, str]
    """The text of each file, by its path in the folder."""


def create(name: str, template: str, into: Path) -> NewProject:
    """Make the project `name` from a template, in a new folder of `into`.

    Nothing is left if it fails: the folder is written under another name, and renamed.

    :raises ProjectError: if there is no such template, or no project can have that name.
    :raises StorageError: if the folder exists, or cannot be written.
    """
    content = render(name, template)
    target = into / name
    _check_place(target)
    try:
        with scratch.folder(into, ".crosscraft-new-") as made:
            _write(made.path / name, content)
            os.rename(made.path / name, target)
    except OSError as error:
        raise storage_errors.explain(error, str(target)) or error from None
    return NewProject(target, content)


def render(name: str, template: str) -> dict[str, str]:
    """Return the text of each file of the project `name`, by path.

    :raises ProjectError: if there is no such template, or no project can have that name.
    """
    source = _read(templates.find(template))
    facts = yaml.safe_load(source[RECIPE])
    old = _Name(str((facts.get("recipe") or facts["package"])["name"]))
    parts = (Path(part).stem for path in source for part in Path(path).parts)
    project_name.check(name, {part for part in parts if not old.is_in(part)})
    content = {old.replaced(path, name): old.replaced(text, name) for path, text in source.items()}
    content[RECIPE] = _HOMEPAGE.sub(f"https://example.org/{name}", content[RECIPE])
    return content | _added({"name": name} | placeholders.values(content))


def next_steps(project: NewProject) -> str:
    """Return what a person does with a new project, as lines of text."""
    values = placeholders.values(project.content)
    add = f"Add:    {values['add']}" if values["add"] else ""
    text = (
        f"{project.folder}: {len(project.content)} files\n"
        f"{add}"
        f"Build:  cd {shlex.quote(str(project.folder))}\n"
        "        crosscraft build --target-platform linux-64,linux-aarch64\n"
        f"Run:    crosscraft run --platform linux-aarch64 {values['packages']} -- "
        f"{values['start']}\n"
        f"Edit:   {values['edits']}, and README.md"
    )
    return printable(text, keep="\n")


class _Name:
    """The name of a template, which its files contain as a word. ``_`` separates words, and a
    library has ``lib`` or ``-l`` before its name. A macro has the name in capitals."""

    def __init__(self, name: str) -> None:
        either = f"{re.escape(name)}|{re.escape(name.upper())}"
        self._pattern = re.compile(rf"(?<![^\W_])(lib|-l)?({either})(?![^\W_])")

    def is_in(self, text: str) -> bool:
        return self._pattern.search(text) is not None

    def replaced(self, text: str, new: str) -> str:
        return self._pattern.sub(
            lambda found: (found[1] or "") + (new.upper() if found[2].isupper() else new), text
        )


def _read(folder: Path) -> dict[str, str]:
    """Return the text of a template's files by path, without what was built in its folder."""
    paths = (Path(name) for name in tracked.files(ROOT))
    return {
        str(path.relative_to(folder)): (ROOT / path).read_text(encoding="utf-8")
        for path in paths
        if path.is_relative_to(folder) and path != folder / _OWN_PAGE
    }


def _added(values: Mapping[str, str]) -> dict[str, str]:
    """Return the text of the files that each project gets, by path."""
    return {
        str(path.relative_to(_ADDED)): Template(path.read_text("utf-8")).safe_substitute(values)
        for path in sorted(_ADDED.rglob("*"))
        if path.is_file()
    }


def _check_place(target: Path) -> None:
    if not target.parent.is_dir():
        raise StorageError(
            f"there is no folder {str(target.parent)!r}",
            remedy="Make it first, or name another with `--into DIR`.",
        )
    if os.path.lexists(target):
        raise StorageError(
            f"{str(target)!r} already exists",
            remedy="Choose another name, or another folder with `--into DIR`.",
        )
    files.check_writable(target.parent, "the folder for the project")


def _write(folder: Path, content: Mapping[str, str]) -> None:
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    files.sync_tree(folder)
