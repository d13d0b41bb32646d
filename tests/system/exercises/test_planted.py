"""Bugs that are planted: what is refused and what is accepted as a repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check import catalogue, reproductions
from crosscraft.building.check.model import Replacement
from crosscraft.lessons.evidence.verdict import Result, Verdict
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.kinds import repair
from tests.support import exercises

pytestmark = pytest.mark.builds

SHOWN = {
    # The build fails.
    "m64-flag": "-m64",
    "x86-intrinsics": "immintrin.h",
    # A later command fails.
    "renamed-in-one-place": "PyInit_",
    # Nothing fails.
    "cmake-args-dropped": "tiny for x86_64",
    "skip-by-build-platform": "two-1.0.0",
}
"""Traps, and what the verdict quotes before the repair."""

CUTS = {
    "m64-flag": Replacement("recipe/recipe.yaml", "-D words ", "-D words.c "),
    "skip-by-build-platform": Replacement(
        "recipe/recipe.yaml", "      name: two\n", "      name: no\n"
    ),
    "x86-intrinsics": Replacement("recipe/recipe.yaml", "libfast.so", "libslow.so"),
}
"""Edits that take away a part of a repaired project."""


def planted(name: str, folder: Path) -> Path:
    return reproductions.plant(repair.reproduction_of(catalogue.find(name)), folder)


def judged(name: str, project: Path) -> Verdict:
    before = exercises.tree(project)
    verdict = judge.judge(judge.find(name), project)
    assert exercises.tree(project) == before
    return verdict


@pytest.mark.parametrize("name", SHOWN)
def test_a_planted_bug_is_refused_until_it_is_repaired(name: str, tmp_path: Path) -> None:
    project = planted(name, tmp_path)
    (project / "README.md").write_text("An edit that repairs nothing.\n")
    verdict = judged(name, project)
    assert verdict.result is Result.NOT_YET
    assert SHOWN[name] in verdict.evidence[-1]
    assert name not in str(verdict)
    reproductions.repair(catalogue.find(name), project)
    verdict = judged(name, project)
    assert verdict.result is Result.PASSED, str(verdict)
    assert f"docs/errors/{name}.md" in str(verdict)


def test_a_bug_that_nobody_touched_was_not_attempted(tmp_path: Path) -> None:
    project = planted("m64-flag", tmp_path)
    (project / "output").mkdir()
    (project / "output/log.txt").touch()  # what a build leaves is no edit
    assert judged("m64-flag", project).result is Result.NOT_ATTEMPTED


@pytest.mark.parametrize("name", CUTS)
def test_a_repair_that_removes_more_is_refused(name: str, tmp_path: Path) -> None:
    project = planted(name, tmp_path)
    reproductions.repair(catalogue.find(name), project)
    reproductions.replace([CUTS[name]], project)
    verdict = judged(name, project)
    assert verdict.result is Result.NOT_YET
    assert "missing" in verdict.evidence[-1]


def test_an_output_that_only_this_machine_builds_is_missed_too(tmp_path: Path) -> None:
    project = planted("stubs-in-cross-build", tmp_path)
    recipe = project / "recipe/recipe.yaml"
    recipe.write_text(recipe.read_text().partition("  - package:\n      name: fields-stubs")[0])
    verdict = judged("stubs-in-cross-build", project)
    assert verdict.evidence[-1] == "missing: the package fields-stubs for linux-64"
