"""Verdicts on a skip condition, from what the engine builds with it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from crosscraft.lessons.evidence import recipes
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import skip
from crosscraft.system.console import Console


def judged(folder: Path, condition: str) -> Work:
    """Check the skip of an output that is wanted for linux-64 and linux-s390x."""
    output = {"package": {"name": "spam", "version": "1"}, "build": {"skip": condition}}
    recipe = folder / "recipe.yaml"
    recipe.write_text(json.dumps({"outputs": [output]}))
    work = Work(..., folder, Console(io.StringIO()), -1)
    rendered = recipes.render(work, recipe)
    skip.check(work, rendered, "spam", {"linux-64", "linux-s390x"}, "where nobody eats it")
    return work


def test_the_platforms_are_evidence(tmp_path: Path) -> None:
    built, skipped = judged(tmp_path, 'host_platform not in ["linux-64", "linux-s390x"]').evidence
    assert built == "spam is built for: linux-64, linux-s390x"
    assert skipped == "it's skipped for: linux-aarch64, linux-ppc64le, osx-arm64, win-64"


def test_the_build_platform_may_be_named_where_the_result_is_right(tmp_path: Path) -> None:
    condition = "host_platform not in [build_platform, 'linux-s390x']"
    assert judged(tmp_path, condition).evidence[0] == "spam is built for: linux-64, linux-s390x"


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("host_platform = 'linux-64'", "skips nothing, where nobody eats it"),
        ("build_platform == 'linux-64'", "the machine that compiles"),
        ("build_platform == 'osx-64'", "the machine that compiles"),
        ("host_platform != 'linux-64' or host_platform != 'linux-s390x'", "one side of the `or`"),
        ("host_platform != 'linux64'", "each word spelled right"),
        ("host_platform in ['linux-64', 'linux-s390x']", "skips linux-64 and linux-s390x, for"),
        ("host_platform != 'linux-64'", "skips linux-s390x, for which"),
        ("not linux", "built for linux-aarch64 too, where nobody eats it"),
    ],
)
def test_each_misconception_has_its_verdict(tmp_path: Path, condition: str, says: str) -> None:
    with pytest.raises(NotYet, match=says):
        judged(tmp_path, condition)


def judged_by_pixi(folder: Path, condition: str) -> Work:
    """Check a noarch output that is skipped by `condition`."""
    build = {"noarch": "generic", "skip": condition}
    recipe = folder / "recipe.yaml"
    recipe.write_text(json.dumps({"package": {"name": "spam", "version": "1"}, "build": build}))
    work = Work(..., folder, Console(io.StringIO()), -1)
    skip.check_pixi(work, recipe, "spam")
    return work


def test_pixi_builds_what_is_not_skipped_for_noarch(tmp_path: Path) -> None:
    work = judged_by_pixi(tmp_path, 'host_platform not in ("linux-64", "noarch")')
    assert work.evidence == ["with the host platform noarch, spam is still built"]


def test_pixi_loses_an_output_that_is_skipped_for_noarch(tmp_path: Path) -> None:
    with pytest.raises(NotYet, match="no output defined for the package 'spam'"):
        judged_by_pixi(tmp_path, 'host_platform != "linux-64"')
