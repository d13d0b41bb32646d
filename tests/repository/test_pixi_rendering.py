"""Every recipe of the repository keeps its outputs when pixi's backend renders it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import BLANK
from crosscraft.paths import ROOT
from crosscraft.system import tracked
from tests.support import pixi_rendering


def recipes() -> Iterator[tuple[str, str]]:
    """Recipes by where they stand: files, cells, solutions of exercises, and blocks of pages."""
    names = tracked.files(ROOT)
    for name in (name for name in names if name.endswith("/recipe.yaml")):
        yield name, (ROOT / name).read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        for number, cell in enumerate(nbformat.read(path, 4).cells):
            first, _, rest = cell.source.partition("\n")
            is_recipe = first.startswith("%%writefile") and first.endswith("recipe.yaml")
            if is_recipe and BLANK not in rest:
                yield f"{path.name}[{number}]", rest
    for exercise in judge.all_exercises().values():
        if exercise.path.endswith("recipe.yaml"):
            yield exercise.name, str(exercise.solution)
    for path in sorted(ROOT.glob("docs/**/*.md")):
        blocks = re.findall(r"^```yaml\n(.*?)^```$", path.read_text(encoding="utf-8"), re.M | re.S)
        for number, block in enumerate(blocks):
            if re.search(r"^(package|outputs):", block, re.M):
                yield f"{path.name}[{number}]", block


RECIPES = dict(recipes())
REPORT = "noarch-rendering.md[0]"
"""The recipe of the report about pixi: it is there because pixi loses it."""


@pytest.mark.parametrize("target", ["linux-64", "linux-aarch64"])
@pytest.mark.parametrize("where", RECIPES)
def test_no_output_is_lost(where: str, target: str, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPES[where], encoding="utf-8")
    variants = ROOT / Path(where).with_name("variants.yaml")
    own = variants.exists() and where.endswith("/recipe.yaml")
    text = variants.read_text() if own else "c_stdlib: [sysroot]\npython_min: ['3.11']\n"
    (tmp_path / "variants.yaml").write_text(text)
    is_lost = where == REPORT and target == "linux-64"
    assert pixi_rendering.lost(recipe, target) == ("once" if is_lost else None)


def test_recipes_of_all_kinds_were_found() -> None:
    assert {"cpp_math/recipe/recipe.yaml", REPORT, "cross-compilation.md[0]"} < set(RECIPES)
    assert any(".ipynb[" in where for where in RECIPES)
    assert "second-output" in RECIPES


@pytest.mark.parametrize(
    ("skip", "lost"),
    [
        ('host_platform != "linux-64"', "a"),
        ('target_platform != "linux-64"', "a"),
        ("build_platform != host_platform", "a"),
        ('host_platform not in ("linux-64", "noarch")', None),
        ('build_platform == "linux-aarch64"', None),
        ("false", None),
    ],
)
def test_conditions_that_pixi_was_seen_to_refuse_and_to_take(tmp_path, skip, lost) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        textwrap.dedent(f"""\
            package: {{name: a, version: "1"}}
            build:
              noarch: generic
              skip: {skip}
        """)
    )
    assert pixi_rendering.lost(recipe, "linux-64") == lost
