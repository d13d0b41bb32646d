"""The project in which a trap is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.model import Replacement, Reproduction
from crosscraft.paths import ROOT
from tools import reproductions


def test_a_copy_is_changed_and_the_original_is_not(tmp_path: Path) -> None:
    before = (ROOT / "cpp_math/LICENSE").read_text()
    edits = (Replacement("LICENSE", "BSD 3-Clause", "My own"), Replacement("a/b.txt", "", "new\n"))
    project = reproductions.plant(Reproduction("cpp_math", edits), tmp_path)
    assert (project / "LICENSE").read_text() == before.replace("BSD 3-Clause", "My own")
    assert (project / "a/b.txt").read_text() == "new\n"
    assert (project / "recipe/recipe.yaml").is_file()
    assert (ROOT / "cpp_math/LICENSE").read_text() == before


@pytest.mark.parametrize("old", ["nowhere in it", "e"])
def test_text_that_is_not_there_once_is_refused(tmp_path: Path, old: str) -> None:
    with pytest.raises(ValueError, match="LICENSE has"):
        reproductions.plant(Reproduction("cpp_math", (Replacement("LICENSE", old, "x"),)), tmp_path)
