"""Skip conditions: which are true, for which variants, checked against what is rendered."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from crosscraft.building import recipe as recipes
from crosscraft.platforms import lookup

HERE, THERE = lookup("linux-64"), lookup("linux-aarch64")
PYTHONS = "python: [3.10.*, 3.11.*, 3.12.*]\n"


def write(folder: Path, text: str, variants: str = "") -> Path:
    (folder / "recipe.yaml").write_text(text)
    (folder / "variants.yaml").write_text(variants or "{}\n")
    return folder / "recipe.yaml"


def single(skip: str) -> str:
    return (
        "context: {name: lit, edition: '1'}\n"
        'package: {name: "${{ name }}", version: "${{ edition }}"}\n'
        f"build: {{skip: {skip}, script: [echo]}}\nrequirements: {{host: [python]}}\n"
    )


def several(skip: str) -> str:
    return (
        "context: {name: lit, edition: '1'}\n"
        "outputs:\n"
        '- package: {name: "${{ name }}", version: "${{ edition }}"}\n'
        f"  build: {{skip: {skip}, script: [echo]}}\n  requirements: {{host: [python]}}\n"
    )


def test_no_temporary_folder_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    assert recipes.render(write(tmp_path, single("[not x86_64]")), HERE, THERE).skipped
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("recipe", [single, several])
@pytest.mark.parametrize(
    ("skip", "true"),
    [
        ("[not x86_64]", "not x86_64"),
        ("not x86_64", "not x86_64"),
        ("[win, not x86_64, osx, aarch64]", "not x86_64, and by aarch64"),
        ('"${{ aarch64 }}"', "aarch64"),
        ("[true]", "true"),
        ("['host_platform not in (\"linux-64\", \"noarch\")']",
         'host_platform not in ("linux-64", "noarch")'),
        ("[{if: linux, then: [win, aarch64], else: true}]", "linux and aarch64"),
        ("[{if: win, then: linux, else: not x86_64}]", "(not win) and (not x86_64)"),
        ("[{if: aarch64, then: true}]", "aarch64"),
        ("['edition == \"1\"']", 'edition == "1"'),
    ],
)  # fmt: skip
def test_the_true_conditions_are_named(tmp_path, recipe, skip, true):
    rendered = recipes.render(write(tmp_path, recipe(skip)), HERE, THERE)
    assert rendered.outputs == ()
    assert rendered.skipped == {"lit": true}


@pytest.mark.parametrize("recipe", [single, several])
@pytest.mark.parametrize(
    "skip", ["[]", "[win, osx]", "false", "[not aarch64]", "[{if: win, then: linux}]",
             "no_such_word", "'no such grammar'"],
)  # fmt: skip
def test_a_condition_that_is_false_or_makes_no_sense_skips_nothing(tmp_path, recipe, skip):
    rendered = recipes.render(write(tmp_path, recipe(skip)), HERE, THERE)
    assert [output.name for output in rendered.outputs] == ["lit"]
    assert rendered.skipped == {}


@pytest.mark.parametrize("recipe", [single, several])
def test_only_some_variants_are_skipped(tmp_path, recipe):
    text = recipe("['match(python, \"<3.11\")', 'python == \"3.12.*\"']")
    rendered = recipes.render(write(tmp_path, text, PYTHONS), HERE, HERE)
    assert [output.variant["python"] for output in rendered.outputs] == ["3.11.*"]
    assert rendered.skipped == {
        "lit (python 3.10.*)": 'match(python, "<3.11")',
        "lit (python 3.12.*)": 'python == "3.12.*"',
    }


def test_a_condition_of_the_recipe_counts_for_each_output_but_not_for_staging(tmp_path):
    text = (
        'recipe: {name: parts, version: "1"}\n'
        "build: {skip: aarch64}\n"
        "outputs:\n"
        "- staging: {name: made}\n"
        "  build: {script: [echo]}\n"
        "- package: {name: one}\n"
        "  inherit: made\n"
        "- package: {name: two}\n"
        "  build: {skip: [unix]}\n"
    )
    rendered = recipes.render(write(tmp_path, text), HERE, THERE)
    assert rendered.outputs == ()
    assert rendered.skipped == {"one": "aarch64", "two": "aarch64, and by unix"}
    rendered = recipes.render(tmp_path / "recipe.yaml", HERE, HERE)
    assert [output.name for output in rendered.outputs] == ["one"]
    assert rendered.skipped == {"two": "unix"}
