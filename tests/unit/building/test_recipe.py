"""Recipes: where they are found, and what they say they would build."""

from __future__ import annotations

import pytest

from crosscraft.building import recipe as recipes
from crosscraft.errors import RecipeError
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup

HERE, THERE = lookup("linux-64"), lookup("linux-aarch64")
KEY = ROOT / "cpp_math/recipe/recipe.yaml"


def test_the_recipe_is_found_in_both_places_its_own_folder_first(tmp_path):
    (tmp_path / "recipe.yaml").touch()
    assert recipes.find_recipe(tmp_path) == tmp_path / "recipe.yaml"
    (tmp_path / "recipe").mkdir()
    (tmp_path / "recipe/recipe.yaml").touch()
    assert recipes.find_recipe(tmp_path) == tmp_path / "recipe/recipe.yaml"


@pytest.mark.parametrize("near", ["recipe.yml", "recipe/recipe.yml"])
def test_a_recipe_with_the_wrong_ending_is_named(tmp_path, near):
    (tmp_path / near).parent.mkdir(exist_ok=True)
    (tmp_path / near).touch()
    with pytest.raises(RecipeError, match=f"Rename .*{near} to recipe.yaml"):
        recipes.find_recipe(tmp_path)


def test_a_folder_is_no_recipe(tmp_path):
    (tmp_path / "recipe.yaml").mkdir()
    with pytest.raises(RecipeError, match="there is no recipe"):
        recipes.find_recipe(tmp_path)


@pytest.mark.parametrize(
    ("target", "names", "skipped", "build"),
    [
        (HERE, ["cpp_math", "cpp_math-stubs"], (), "hdab6535_0"),
        (THERE, ["cpp_math"], ("cpp_math-stubs",), "hf1ab7cd_0"),
    ],
)
def test_what_the_answer_key_would_build(target, names, skipped, build):
    rendered = recipes.render(KEY, HERE, target)
    assert [output.name for output in rendered.outputs] == names
    assert tuple(rendered.skipped) == skipped
    first = rendered.outputs[0]
    assert (first.version, first.build) == ("0.1.0", build)
    assert first.build_specs == (
        f"gxx_{target.subdir}", f"sysroot_{target.subdir}", "cmake", "ninja"
    )  # fmt: skip
    assert first.host_specs == ("python", "nanobind >=2.0.0")


def test_variants_beside_the_recipe_are_rendered(tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        'package: {name: a, version: "1"}\n'
        "source: {path: \"src_${{ flavor }}_${{ taste | default('none') }}\"}\n"
        "build: {script: [echo]}\n"
    )
    (tmp_path / "variants.yaml").write_text(
        'flavor: [a, "${{ host_platform }}"]\nother:\n  - if: linux\n    then: x\n'
    )
    (tmp_path / "conda_build_config.yaml").write_text("taste:\n  - salt  # [linux]\n")
    paths = {one.sources[0]["path"] for one in recipes.render(recipe, HERE, THERE).outputs}
    assert len(paths) == 2
    assert "src_a_salt" in paths
    for text in ("flavor: [", "- 1\n"):
        (tmp_path / "variants.yaml").write_text(text)
        with pytest.raises(RecipeError, match=r"^variants\.yaml:"):
            recipes.render(recipe, HERE, THERE)


def test_what_an_output_inherits_is_part_of_it(tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        'recipe: {name: s, version: "1"}\n'
        "outputs:\n"
        "  - staging: {name: s}\n"
        "    source: {path: ../src}\n"
        "    build: {script: [echo]}\n"
        "    requirements: {build: [cmake], host: [python]}\n"
        '  - package: {name: t, version: "1"}\n'
        "    inherit: s\n"
        "    requirements: {run: [python]}\n"
    )
    (output,) = recipes.render(recipe, HERE, HERE).outputs
    assert [source["path"] for source in output.sources] == ["../src"]
    assert (output.build_specs, output.host_specs) == (("cmake",), ("python",))


def test_a_package_for_all_variants_is_shown_once(tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        'recipe: {name: s, version: "1"}\n'
        "outputs:\n"
        "- package: {name: one}\n"
        "  requirements: {host: [python]}\n"
        "- package: {name: docs}\n"
        "  build: {noarch: generic, script: [echo]}\n"
    )
    (tmp_path / "variants.yaml").write_text("python: [3.11.*, 3.12.*]\n")
    outputs = recipes.render(recipe, HERE, THERE).outputs
    assert sorted(output.name for output in outputs) == ["docs", "one", "one"]
    assert len({(output.name, output.build) for output in outputs}) == 3


def test_variables_of_the_recipe_and_its_variants_are_known(tmp_path, monkeypatch):
    monkeypatch.setenv("EDITION", "2.5")
    monkeypatch.setenv("PYTHONS", "3.12.*")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "package: {name: a, version: \"${{ env.get('EDITION') }}\"}\n"
        "build: {script: {secrets: [MY_TOKEN, OTHER], content: [echo]}}\n"
        "requirements: {host: [python]}\n"
    )
    (tmp_path / "variants.yaml").write_text(
        "python: [\"${{ env.get('PYTHONS', default='3.11.*') }}\"]\n"
    )
    rendered = recipes.render(recipe, HERE, HERE)
    assert rendered.variables == ("EDITION", "PYTHONS")
    (output,) = rendered.outputs
    assert (output.version, output.variant["python"]) == ("2.5", "3.12.*")
    assert output.secrets == ("MY_TOKEN", "OTHER")
    assert "  secrets  MY_TOKEN, OTHER\n" in recipes.as_text(rendered, HERE)
