"""What is right is left alone: our own projects, for every platform that conda has."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.check import TARGETS, check
from crosscraft.paths import ROOT

OURS = [ROOT / "cpp_math", *sorted(path.parent for path in ROOT.glob("examples/*/pixi.toml"))]


@pytest.mark.parametrize("project", OURS, ids=lambda path: path.name)
def test_nothing_is_found_in_our_own_projects(project: Path) -> None:
    checked = check(project, TARGETS)
    assert (checked.findings, checked.unread) == ((), ())
