"""Projects that are handed in with their packages: how the known answers are made."""

from __future__ import annotations

import functools
import io
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from crosscraft.building import new, templates
from crosscraft.lessons.evidence import packages, work
from crosscraft.lessons.exercises.model import Maker
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup
from crosscraft.system.console import Console

__all__ = ["begin", "build", "made", "write"]

_NEW = "new "
"""The start of a base that `crosscraft new` makes."""


def begin(base: str, folder: Path) -> None:
    """Copy what a project starts from.

    :param base: a folder of this repository, or `new NAME` for what `crosscraft new NAME` makes.
    """
    if base.startswith(_NEW):
        write(folder, new.render(base.removeprefix(_NEW), templates.DEFAULT))
    elif base:
        shutil.copytree(ROOT / base, folder, ignore=shutil.ignore_patterns(*work.LEFT_OUT))


def build(project: Path, platforms: Sequence[str]) -> None:
    """Build a project for platforms, as a learner does, into its folder ``output``."""
    with work.begin(project, Console(io.StringIO())) as begun:
        packages.build_project(begun, project, [lookup(subdir) for subdir in platforms])


def made(
    path: str,
    texts: Mapping[str, str],
    platforms: Sequence[str] = (),
    after: Mapping[str, str] | None = None,
    again: Sequence[str] = (),
    base: str = "cpp_math",
) -> Maker:
    """Return what makes a project with its packages, and then edits it.

    :param path: where it is in the learner's project.
    :param texts: the files that differ from those of the finished project.
    :param platforms: the platforms that it is built for.
    :param after: the files that are written after the builds.
    :param again: the platforms that it is built for once more, after that.
    :param base: what the project starts from.
    """

    def make(folder: Path) -> Path:
        shutil.copytree(_built(base, tuple(texts.items()), tuple(platforms)), folder / path)
        write(folder / path, after or {})
        build(folder / path, again)
        return folder / path

    return make


def write(project: Path, texts: Mapping[str, str]) -> None:
    """Write the files of a project."""
    for name, text in texts.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")


@functools.cache
def _built(base: str, texts: tuple[tuple[str, str], ...], platforms: tuple[str, ...]) -> Path:
    """Return a project that is built once for all answers that begin with it."""
    project = Path(_temporary().name) / str(len(list(Path(_temporary().name).iterdir())))
    begin(base, project)
    write(project, dict(texts))
    build(project, platforms)
    return project


@functools.cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that is removed when Python ends."""
    return tempfile.TemporaryDirectory(prefix="known-answers-")
