"""A project from each template keeps the rules that our own keep, and its CI file can be read."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from crosscraft.building import new, templates
from crosscraft.building.check.check import TARGETS, check
from crosscraft.building.conda_forge import recipe_text, rules
from crosscraft.paths import ROOT
from tests.support.examples import NAME, PLATFORMS
from tests.support.pixi_rules import broken

WORKFLOW = ".github/workflows/build.yml"


@pytest.fixture(params=templates.names())
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return new.create(NAME, request.param, tmp_path).folder


def test_conda_forge_would_only_ask_for_maintainers(project: Path) -> None:
    recipe = recipe_text.read(project / "recipe/recipe.yaml")
    exceptions = {rule.name for rule in rules.RULES if rule.exception}
    assert rules.broken(recipe).keys() == exceptions


def test_pixi_takes_its_manifest(project: Path) -> None:
    manifest = tomllib.loads((project / "pixi.toml").read_text(encoding="utf-8"))
    assert broken(manifest) == []
    assert manifest["package"]["name"] == NAME


def test_it_has_no_trap(project: Path) -> None:
    checked = check(project, TARGETS)
    assert (checked.findings, checked.unread) == ((), ())


def test_its_licence_has_the_text_of_the_repository(project: Path) -> None:
    assert (project / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_its_workflow_builds_both_platforms_and_may_only_read(project: Path) -> None:
    text = (project / WORKFLOW).read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    job = workflow["jobs"]["build"]
    assert job["strategy"]["matrix"]["platform"] == list(PLATFORMS)
    assert workflow["permissions"] == {"contents": "read"}
    used = re.findall(r"uses: [a-z-]+/[a-z-]+@[0-9a-f]{40}  # v[\d.]+$", text, re.M)
    assert len(used) == text.count("uses:") == 2
    options = job["steps"][1]["with"]
    assert (project / options["recipe-path"]).is_file()
    assert "--target-platform ${{ matrix.platform }} --test native" in options["build-args"]
    assert options["artifact-name"] == f"{NAME}-${{{{ matrix.platform }}}}"


def test_a_forge_can_read_the_workflow(tmp_path: Path) -> None:
    pytest.importorskip("check_jsonschema", reason="python -m crosscraft.setup.extras lint")
    path = new.create(NAME, templates.DEFAULT, tmp_path).folder / WORKFLOW
    for schema in ("vendor.github-workflows", "custom.github-workflows-require-timeout"):
        argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
