"""The finished project with the learner's file in the place of its own."""

from __future__ import annotations

import io
from pathlib import Path

from crosscraft.lessons.evidence import finished
from crosscraft.lessons.evidence.work import Work
from crosscraft.system.console import Console


def with_file(tmp_path: Path, path: str) -> Path:
    own = tmp_path / "own.yaml"
    own.write_text("package: {name: mine, version: 1}\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return finished.with_file(Work(own, scratch, Console(io.StringIO()), -1), path)


def test_the_learners_file_replaces_the_finished_one(tmp_path: Path) -> None:
    project = with_file(tmp_path, "recipe/recipe.yaml")
    assert "name: mine" in (project / "recipe/recipe.yaml").read_text()
    for name in ("src/math.cpp", "recipe/variants.yaml", "CMakeLists.txt"):
        assert (project / name).read_bytes() == (finished.KEY / name).read_bytes()


def test_a_file_of_a_folder_that_the_project_lacks_is_added(tmp_path: Path) -> None:
    project = with_file(tmp_path, "colleague/recipe.yaml")
    assert "name: mine" in (project / "colleague/recipe.yaml").read_text()
    assert (project / "recipe/recipe.yaml").is_file()
