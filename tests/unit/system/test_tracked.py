"""The files of a clone, with git and without."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from crosscraft.paths import ROOT
from crosscraft.system import tracked
from tests.support import small_clone


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return small_clone.write(tmp_path / "clone")


def test_without_git(clone: Path) -> None:
    assert tracked.files(clone) == small_clone.TRACKED


def test_with_git(clone: Path) -> None:
    for argv in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", "-C", clone, *argv], check=True)
    assert tracked.files(clone) == small_clone.TRACKED
    (clone / "notes.txt").write_text("not tracked")
    (clone / "docs" / "a b.md").unlink()
    assert tracked.files(clone) == small_clone.TRACKED[:-1]


def test_both_rules_find_the_same_here() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this repository was unpacked from an archive")
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    there = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    assert sorted(tracked._not_ignored(ROOT)) == sorted(there)
