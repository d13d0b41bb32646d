"""The finished project, with the learner's file in the place of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from crosscraft.lessons.evidence.work import Work, copy_project
from crosscraft.paths import ROOT

__all__ = ["KEY", "with_file"]

KEY = ROOT / "cpp_math"
"""The finished project."""


def with_file(work: Work, path: str) -> Path:
    """Return a copy of the finished project that has the handed-in file as its file `path`."""
    project = copy_project(KEY, work.scratch / "project")
    (project / path).parent.mkdir(exist_ok=True)
    shutil.copyfile(work.path, project / path)
    return project
