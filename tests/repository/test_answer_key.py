"""The finished project has what conda-forge's linter asks of a recipe, and CMake's new policies."""

from __future__ import annotations

import re

import yaml

from crosscraft.channel.catalog.model import PYTHON
from crosscraft.paths import ROOT

KEY = ROOT / "cpp_math"
RECIPE = yaml.safe_load((KEY / "recipe/recipe.yaml").read_text(encoding="utf-8"))


def test_each_output_has_a_c_library_for_its_compiler_and_tests() -> None:
    for output in RECIPE["outputs"]:
        build = output["requirements"]["build"]
        at = build.index("${{ compiler('cxx') }}")
        assert build[at + 1] == "${{ stdlib('c') }}"
        assert output["tests"]


def test_name_and_number_are_written_once_for_all_outputs() -> None:
    assert RECIPE["recipe"] == {"name": "cpp_math", "version": "${{ version }}"}
    assert RECIPE["build"] == {"number": 0}
    assert not any("number" in output["build"] for output in RECIPE["outputs"])


def test_the_stubs_are_made_with_the_oldest_python_and_run_with_any_later_one() -> None:
    _, stubs = RECIPE["outputs"]
    assert RECIPE["context"]["python_min"] == PYTHON
    assert stubs["requirements"]["host"][0] == "python ${{ python_min }}.*"
    assert stubs["requirements"]["run"] == ["python >=${{ python_min }}"]


def test_one_choice_stands_in_for_the_global_pinning() -> None:
    text = (KEY / "recipe/variants.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text) == {"c_stdlib": ["sysroot"]}
    assert "global pinning" in text


def test_it_says_what_it_is_and_under_which_licence() -> None:
    assert list(RECIPE)[-1] == "about"
    about = RECIPE["about"]
    assert set(about) == {"homepage", "license", "license_file", "summary"}
    assert about["license"] == "BSD-3-Clause"
    text = (KEY / about["license_file"]).read_bytes()
    assert text == (ROOT / "LICENSE").read_bytes()


def test_the_stubs_fit_one_version_of_the_extension() -> None:
    _, stubs = RECIPE["outputs"]
    assert stubs["requirements"]["run_constraints"] == ["cpp_math ==${{ version }}"]


def test_the_policies_include_the_one_about_interpreters_in_cross_builds() -> None:
    first = (KEY / "CMakeLists.txt").read_text(encoding="utf-8").splitlines()[0]
    newest = re.fullmatch(r"cmake_minimum_required\(VERSION 3\.19\.\.\.4\.(\d+)\)", first)
    assert newest
    assert int(newest[1]) >= 3  # CMP0190 came with 4.1


def test_the_recipe_is_one_page() -> None:
    assert len((KEY / "recipe/recipe.yaml").read_text(encoding="utf-8").splitlines()) <= 80
