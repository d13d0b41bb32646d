"""The finished project, with the learner's file in the place of its own, or changed by them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from crosscraft.lessons.evidence import packages
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work, copy_project
from crosscraft.paths import ROOT
from crosscraft.platforms import Platform

__all__ = ["KEY", "with_file", "works_as_before"]

KEY = ROOT / "cpp_math"
"""The finished project."""

_USE = "import cpp_math, platform; print(platform.machine(), cpp_math.add(20, 22))"


def with_file(work: Work, path: str) -> Path:
    """Return a copy of the finished project that has the handed-in file as its file `path`."""
    project = copy_project(KEY, work.scratch / "project")
    (project / path).parent.mkdir(exist_ok=True)
    shutil.copyfile(work.path, project / path)
    return project


def works_as_before(work: Work, project: Path, platforms: Sequence[Platform]) -> None:
    """Build a changed copy for each platform, install the package, and call `add`.

    :raises Refused: if a build, a test of the recipe, an installation or the call fails.
    :raises NotYet: if `add` returns something else.
    """
    for platform in platforms:
        made = packages.build_project(work, project, [platform])
        python = packages.installed(work, made, ["cpp_math"], platform)
        said = python.python(_USE, work.scratch)
        if said != f"{platform.processor} 42":
            raise NotYet("The extension has to work as before.", [f"it prints: {said[:60]}"])
        work.see(f"built, installed and imported: {said}")
