"""What the page, the workflow and .gitignore of a new project say of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crosscraft.building import new, recipe, templates
from crosscraft.channel import available
from crosscraft.platforms import lookup, native

TEMPLATES = templates.names()

each = pytest.mark.parametrize("template", TEMPLATES)


@each
def test_what_set_up_leaves_out_is_added_first(template: str, tmp_path: Path) -> None:
    content = new.render("q_2x", template)
    project = new.create("q_2x", template, tmp_path).folder
    targets = [lookup(name) for name in ("linux-64", "linux-aarch64")]
    outputs = [
        output
        for target in targets
        for output in recipe.render(recipe.find_recipe(project), native(), target).outputs
    ]
    specs = [
        spec
        for output in outputs
        for tested in ({}, *(test.get("requirements") or {} for test in output.tests))
        for required in (output.build_specs, output.host_specs, output.run_specs)
        for spec in (*required, *tested.get("run", ()))
    ]
    needed = {spec.split()[0] for spec in specs} & set(available.names())
    needed -= {"ninja"}  # set-up makes it for this machine
    lines = re.findall(r"^crosscraft channel add (.*)$", content["README.md"], re.M)
    assert {name for line in lines for name in line.split()} == needed
    assert (template == "cpp_math") == (lines == [])


def test_without_a_pinning_the_extension_is_for_the_python_of_its_stubs() -> None:
    lines = {
        template: new.render("q_2x", template)[".github/workflows/build.yml"]
        for template in TEMPLATES
    }
    assert [name for name in TEMPLATES if "--variant" in lines[name]] == ["cpp_math"]
    assert "--test native --variant python=3.11\n" in lines["cpp_math"]


def test_the_program_that_a_makefile_leaves_is_ignored() -> None:
    ignored = new.render("q_2x", "generated-tables")[".gitignore"].splitlines()
    assert {"/q_2x", "/make_table", "/table.c", "/build", "__pycache__/"} <= set(ignored)


def test_what_is_still_to_edit_is_listed() -> None:
    page = new.render("q_2x", "c-library")["README.md"]
    (line,) = re.findall("^Still to edit: (.*)$", page, re.M)
    for place in ("recipe/recipe.yaml", "python/pyproject.toml", "LICENSE", "this page"):
        assert place in line
