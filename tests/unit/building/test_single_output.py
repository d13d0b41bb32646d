"""One output of a recipe, as a recipe of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rattler_build

from crosscraft.building import recipe as recipes
from crosscraft.building.single_output import SingleOutput, choose
from crosscraft.errors import RecipeError
from crosscraft.platforms import lookup

HERE, THERE = lookup("linux-64"), lookup("linux-aarch64")
RECIPE = """\
context: {version: 1.5}
recipe: {name: family, version: "${{ version }}"}
outputs:
  - staging: {name: parts}
    source: {path: ../parts}
    build: {script: make}
    requirements: {build: ["${{ compiler('c') }}"], host: [zlib]}
  - package: {name: of-parts}
    inherit: parts
  - package: {name: own}
    source: {path: ../own}
    build:
      number: 3
      script: {content: "make ${{ version }}", env: {A: b}}
      python: {version_independent: true}
    requirements:
      build: ["${{ compiler('cxx') }}"]
      host: [python, "${{ pin_subpackage('of-parts') }}"]
      run: [python]
      ignore_run_exports: {by_name: [libgcc]}
    tests: [{script: "true"}]
  - package: {name: stubs}
    build: {noarch: python, skip: 'host_platform == "linux-aarch64"'}
    requirements: {host: [python, "${{ pin_subpackage('own', exact=True) }}"]}
"""


@pytest.fixture
def chosen(tmp_path: Path):
    """Choose an output of the recipe."""
    (tmp_path / "recipe.yaml").write_text(RECIPE)

    def find(name: str | None, target=THERE, variants: str = "{}") -> SingleOutput:
        (tmp_path / "variants.yaml").write_text(variants)
        return choose(recipes.evaluate(tmp_path / "recipe.yaml", HERE, target), target, name)

    return find


def test_it_has_what_the_script_and_its_environments_depend_on(chosen):
    own = chosen("own")
    assert own.recipe["package"] == {"name": "own", "version": "1.5"}
    assert [source["path"] for source in own.recipe["source"]] == ["../own"]
    build = own.recipe["build"]
    assert (build["number"], build["script"]["env"]) == (3, {"A": "b"})
    assert build["python"] == {"version_independent": True}
    assert own.recipe["requirements"] == {
        "build": ["gxx_linux-aarch64"],
        "host": ["python", "of-parts ==1.5"],
        "ignore_run_exports": {"by_name": ["libgcc"]},
    }
    assert own.recipe["context"] == {"version": "1.5"}
    assert own.needs == {"host": "of-parts ==1.5"}
    assert own.others == ()


@pytest.mark.parametrize("target", [HERE, THERE])
def test_the_engine_reads_it_and_takes_the_platform_from_the_variant(chosen, target, tmp_path):
    own = chosen("own", target)
    assert own.variant["host_platform"] == target.subdir
    data = json.loads(json.dumps(own.recipe))
    recipe = rattler_build.Stage0Recipe.from_dict(data, recipe_dir=tmp_path / "engine")
    (rendered,) = recipe.render(
        rattler_build.VariantConfig({key: [value] for key, value in own.variant.items()}),
        rattler_build.RenderConfig(platform=recipes.platforms(HERE, target)),
    )
    assert rendered.variant == own.variant
    assert rendered.recipe.to_dict()["build"]["string"] == own.output.build
    assert own.output.build == f"{own.hash}_3"


def test_an_exact_pin_names_the_build(chosen):
    stubs, own = chosen("stubs", HERE), chosen("own", HERE)
    assert stubs.needs == {"host": f"own ==1.5 {own.output.build}"}
    assert stubs.recipe["requirements"]["host"] == ["python", stubs.needs["host"]]
    assert stubs.hash is not None and stubs.hash.startswith("py")
    assert stubs.variant["target_platform"] == "noarch"


def test_a_staging_output_is_no_package(chosen):
    parts = chosen("parts")
    assert parts.hash is None
    assert parts.recipe["package"]["name"] == parts.name == "parts"
    assert [source["path"] for source in parts.recipe["source"]] == ["../parts"]
    assert parts.recipe["build"]["script"] == "make"
    assert parts.recipe["requirements"] == {"build": ["gcc_linux-aarch64"], "host": ["zlib"]}
    assert parts.output.name == "of-parts"


def test_the_first_is_chosen_and_the_others_are_named(chosen):
    first = chosen(None, HERE)
    assert (first.name, list(first.others)) == ("parts", ["parts", "own", "stubs"])


def test_a_variant_is_chosen_by_its_build_string(chosen, tmp_path):
    two = "python: ['3.11', '3.12']\n"
    assert chosen("own", HERE, two).variant["python"] == "3.11"
    outputs = recipes.render(tmp_path / "recipe.yaml", HERE, HERE).outputs
    second = next(one for one in outputs if one.variant.get("python") == "3.12")
    own = chosen(f"own-1.5-{second.build}", HERE, two)
    assert (own.name, own.variant["python"]) == ("own", "3.12")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "no output 'nothing'.*: parts, own"),
        ("of-parts", "of-parts inherits the files of a staging output.*parts, own"),
        ("stubs", "skips stubs for linux-aarch64, by host_platform == .*parts, own"),
    ],
)
def test_what_cannot_be_chosen(chosen, name, said):
    with pytest.raises(RecipeError, match=said):
        chosen(name)


def test_a_recipe_that_is_skipped(tmp_path):
    (tmp_path / "recipe.yaml").write_text("package: {name: a, version: 1}\nbuild: {skip: true}\n")
    with pytest.raises(RecipeError, match="skips a for linux-64"):
        choose(recipes.evaluate(tmp_path / "recipe.yaml", HERE, HERE), HERE, None)
