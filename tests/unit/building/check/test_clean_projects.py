"""What is right is left alone: our own projects, and small ones that look faulty and are not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from crosscraft.building.check.check import TARGETS, check
from crosscraft.paths import ROOT

CLEAN = sorted(Path(__file__).with_name("clean").glob("*.toml"))
OURS = [ROOT / "cpp_math", *sorted(path.parent for path in ROOT.glob("examples/*/pixi.toml"))]


@pytest.mark.parametrize("project", OURS, ids=lambda path: path.name)
def test_nothing_is_found_in_our_own_projects(project: Path) -> None:
    checked = check(project, TARGETS)
    assert (checked.findings, checked.unread) == ((), ())


@pytest.mark.parametrize("case", CLEAN, ids=lambda path: path.stem)
def test_nothing_is_found_in_what_only_looks_faulty(case: Path, tmp_path: Path) -> None:
    for name, text in tomllib.loads(case.read_text(encoding="utf-8"))["files"].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    checked = check(tmp_path, ["linux-aarch64", "linux-ppc64le", "osx-arm64"])
    assert (checked.findings, checked.unread) == ((), ())
