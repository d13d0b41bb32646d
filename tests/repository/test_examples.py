"""Each example is a project to copy: whole, explained, licensed, and with nothing built in it."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from benchmarks import gallery
from crosscraft.lessons.answer_key import start_task
from crosscraft.paths import ROOT
from tests.support import examples
from tests.support.pixi_rules import broken

PROJECTS = [examples.FOLDER / name for name in sorted(examples.folders())]
PARTS = {"README.md", "LICENSE", "pixi.toml", "recipe/recipe.yaml", "recipe/variants.yaml"}
LEFT = re.compile(
    r"(^|/)(output|build|\.pixi|__pycache__|[^/]+\.egg-info)/|\.(so|o|pyc|conda|whl)$"
)

each = pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)


@each
def test_it_has_each_part_and_nothing_that_was_built(project: Path) -> None:
    names = {str(path.relative_to(project)) for path in examples.files(project.name)}
    assert names >= PARTS
    assert [name for name in names if LEFT.search(name)] == []


@each
def test_its_licence_is_that_of_the_repository(project: Path) -> None:
    assert (project / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@each
def test_its_page_says_what_it_shows_and_how_it_fails_without(project: Path) -> None:
    page = (project / "README.md").read_text(encoding="utf-8")
    assert page.startswith("# ")
    shown, without = re.split(r"^## Without it.*\n", page, flags=re.M)
    prose = re.sub(r"^```.*?^```$", "", shown, flags=re.M | re.S)
    assert len([line for line in prose.splitlines() if line]) <= 15
    blocks = re.findall(r"^```\w*\n.+?^```$", without, re.M | re.S)
    assert blocks, "no failure is shown"
    assert not without.rstrip().endswith("```"), "nothing says what cures the failure"


@each
def test_its_manifest_is_one_that_pixi_takes(project: Path) -> None:
    manifest = tomllib.loads((project / "pixi.toml").read_text(encoding="utf-8"))
    assert broken(manifest) == []
    assert manifest["workspace"]["platforms"] == list(examples.PLATFORMS)
    assert start_task(project)
    words = shlex.shlex(manifest["tasks"]["start"], posix=True, punctuation_chars=True)
    assert [word for word in words if not word.strip("();<>|&")] == [], "it needs a shell"


def test_what_was_built_is_seen() -> None:
    for name in ("output/a", "src/__pycache__/a.pyc", "a.so", "src/a.egg-info/PKG-INFO"):
        assert LEFT.search(name)
    assert not LEFT.search("recipe/build.sh")


def test_the_gallery_has_each_example_and_the_figures_that_are_kept() -> None:
    page = (examples.FOLDER / "README.md").read_text(encoding="utf-8")
    shown, found, figures = page.partition(gallery.START)
    assert found
    kept = gallery.kept()
    assert figures.startswith(gallery.table(kept) + gallery.END)
    assert set(kept) == examples.folders()
    for name, row in kept.items():
        assert f"| [{name}]({name}/README.md) |" in shown
        assert row["lines"] == gallery.lines(name), "run `python -m benchmarks.gallery`"
        answer = examples.EXAMPLES[name].answer
        assert row["printed"] == dict.fromkeys(examples.PLATFORMS, answer)
