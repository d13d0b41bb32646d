"""Rendering a learner's recipe for many platforms."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from crosscraft.lessons.evidence import finished, recipes
from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.system.console import Console

RECIPE = finished.KEY / "recipe/recipe.yaml"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(..., tmp_path, Console(io.StringIO()), -1)


def test_renders_for_every_platform_and_says_what_is_built_where(work: Work) -> None:
    rendered = recipes.render(work, RECIPE, (*recipes.PLATFORMS, "noarch"))
    assert recipes.built_for(rendered, "cpp_math") == {*recipes.PLATFORMS, "noarch"}
    assert recipes.built_for(rendered, "cpp_math-stubs") == {"linux-64", "noarch"}
    assert recipes.built_for(rendered, "cpp_math-bench") == set()


def test_names_the_requirements_of_an_output_with_its_pins(work: Work) -> None:
    rendered = recipes.render(work, RECIPE)
    stubs = recipes.output(rendered, "cpp_math-stubs", "linux-64")
    assert recipes.required(stubs, "host") == {"python", "nanobind", "cpp_math"}
    assert recipes.required(stubs, "run") == {"python"}
    arm = recipes.output(rendered, "cpp_math", "linux-aarch64")
    assert "gxx_linux-aarch64" in recipes.required(arm, "build")


def test_puts_the_lists_into_one_line(work: Work) -> None:
    stubs = recipes.output(recipes.render(work, RECIPE), "cpp_math-stubs", "linux-64")
    build, host, run = recipes.lists(stubs).split("; ")
    assert build == "build: gxx_linux-64, sysroot_linux-64, cmake, ninja"
    assert host.endswith("cpp_math (of this recipe)")
    assert run == "run: python >=3.11"


def test_an_empty_list_is_a_dash(work: Work) -> None:
    recipe = work.scratch / "recipe.yaml"
    recipe.write_text("package: {name: spam, version: 1}\nrequirements: {run: [python]}\n")
    (rendered,) = recipes.render(work, recipe, ["linux-64"]).values()
    assert recipes.lists(rendered.outputs[0]) == "build: -; host: -; run: python"


def test_says_what_is_built_in_the_place_of_an_output_that_is_not_there(work: Work) -> None:
    rendered = recipes.render(work, RECIPE)
    with pytest.raises(NotYet, match=r"linux-aarch64 .*`cpp_math-bench`.* builds cpp_math\."):
        recipes.output(rendered, "cpp_math-bench", "linux-aarch64")


def test_an_output_that_is_skipped_is_not_one_of_another_name(work: Work) -> None:
    rendered = recipes.render(work, RECIPE)
    with pytest.raises(NotYet, match=r"skips `cpp_math-stubs` for linux-aarch64.*Look at its"):
        recipes.output(rendered, "cpp_math-stubs", "linux-aarch64")


def test_a_recipe_that_does_not_parse_is_refused_with_the_engines_message(work: Work) -> None:
    recipe = work.scratch / "recipe.yaml"
    recipe.write_text("package:\n  name: spam\n  version: 1\nrequires:\n  run: [python]\n")
    with pytest.raises(Refused) as refused:
        recipes.render(work, recipe)
    assert "no field `requires`" in refused.value.lines[0]
