"""The project in which a trap is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check import catalogue, reproductions
from crosscraft.building.check.model import Replacement, Reproduction
from crosscraft.paths import ROOT


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


def test_a_planted_project_is_repaired_as_check_proposes(tmp_path: Path) -> None:
    trap = catalogue.find("plain-compiler")
    assert trap.reproduction
    assert not trap.reproduction.fix
    project = reproductions.plant(trap.reproduction, tmp_path)
    before = (project / "CMakeLists.txt").read_text().splitlines()
    reproductions.repair(trap, project)
    after = (project / "CMakeLists.txt").read_text().splitlines()
    assert [line for line in before if line not in after] == ["set(CMAKE_C_COMPILER gcc)"]


def test_one_that_check_cannot_repair_is_repaired_by_the_catalogue(tmp_path: Path) -> None:
    trap = catalogue.find("stubs-in-cross-build")
    assert trap.reproduction
    project = reproductions.plant(trap.reproduction, tmp_path)
    reproductions.repair(trap, project)
    assert (
        'skip: host_platform not in ("linux-64", "noarch")'
        in (project / "recipe/recipe.yaml").read_text()
    )


def test_several_edits_of_one_file_keep_their_lines(tmp_path: Path) -> None:
    trap = catalogue.find("stl-header-missing-return")
    assert trap.reproduction
    project = reproductions.plant(trap.reproduction, tmp_path)
    reproductions.repair(trap, project)
    text = (project / "src/math.cpp").read_text()
    assert text.count("#include <nanobind/stl/string.h>\n") == 1
    assert text.endswith("}\n")


def test_a_pattern_of_a_command_becomes_the_files_that_there_are(tmp_path: Path) -> None:
    for name in ("b.conda", "a.conda"):
        (tmp_path / "output/noarch").mkdir(parents=True, exist_ok=True)
        (tmp_path / "output/noarch" / name).touch()
    words = reproductions.expanded(["inspect", "output/noarch/*.conda", "--json"], tmp_path)
    files = [str(tmp_path / "output/noarch" / name) for name in ("a.conda", "b.conda")]
    assert words == ["inspect", *files, "--json"]
