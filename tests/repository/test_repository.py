"""What the repository says of itself is so, and every file of it is tidy and can be read."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

import crosscraft
from crosscraft.paths import ROOT
from crosscraft.system import tracked

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BINARY = {".png", ".ico", ".woff2", ".tar", ".conda", ".gz"}
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
LINT = "it is an extra: python -m crosscraft.setup.extras lint"
PAGES = sorted(
    path
    for places in (
        "*.md",
        "docs/*.md",
        "docs/errors/*.md",
        "docs/upstream/*.md",
        "examples/*.md",
        "examples/*/*.md",
    )
    for path in ROOT.glob(places)
)


def files() -> Iterator[Path]:
    """The text files of the repository, also where there is no git."""
    paths = (ROOT / name for name in tracked.files(ROOT))
    return (path for path in paths if path.suffix not in BINARY)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text("Makefile"), re.M))


def schema(name: str, path: Path) -> None:
    """Hold a file to a schema that check-jsonschema brings along."""
    pytest.importorskip("check_jsonschema", reason=LINT)
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", name, str(path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def draw() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw", ROOT / "docs" / "badges" / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["draw"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_file_ends_in_one_newline_and_no_line_in_blanks() -> None:
    untidy = []
    for path in files():
        data = path.read_bytes()
        bad = data and (not data.endswith(b"\n") or data.endswith(b"\n\n") or b"\r" in data)
        if bad or (path.suffix != ".ipynb" and re.search(rb"[ \t]$", data, re.M)):
            untidy.append(str(path.relative_to(ROOT)))
    assert not untidy, f"blanks at the end of a line, or not one newline at the end: {untidy}"


def test_every_toml_yaml_and_json_file_can_be_read() -> None:
    readers: dict[str, Any] = {
        ".toml": tomllib.loads,
        ".json": json.loads,
        ".ipynb": json.loads,
        **dict.fromkeys((".yml", ".yaml", ".cff"), lambda data: list(yaml.safe_load_all(data))),
    }
    for path in files():
        if path.suffix in readers:
            assert readers[path.suffix](path.read_text(encoding="utf-8")) is not None, path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_exists(page: Path) -> None:
    said = page.read_text(encoding="utf-8")
    for mark, _, target in re.findall(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", said):
        assert not (mark and "://" in target), f"{target} is fetched from elsewhere"
        if "://" not in target and not target.startswith("#"):
            assert (page.parent / target.split("#")[0]).exists(), target
    if page.parent.name != "errors":  # these pages show the makefiles of other projects
        assert set(re.findall(r"\bmake ([a-z][a-z-]*)", fenced(said))) <= targets()


def fenced(said: str) -> str:
    """What a page shows as code."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", said, re.S))


def test_badges_are_their_facts(draw: ModuleType) -> None:
    for badge in draw.badges():
        assert text(f"docs/badges/{badge.name}.svg") == badge.svg(), (
            "not what it was: run .venv/bin/python docs/badges/draw.py"
        )
        assert f"![{badge.text}](docs/badges/{badge.name}.svg)" in text("README.md")
    drawn = {path.stem for path in (ROOT / "docs" / "badges").glob("*.svg")}
    assert drawn == {badge.name for badge in draw.badges()}


def test_there_is_one_version_and_one_licence() -> None:
    citation = yaml.safe_load(text("CITATION.cff"))
    assert citation["version"] == PROJECT["version"] == crosscraft.__version__
    assert citation["license"] == PROJECT["license"] == "BSD-3-Clause"
    assert text("LICENSE").startswith("BSD 3-Clause License\n")
    newest = re.findall(r"^## (\S+)", text("CHANGELOG.md"), re.M)[:2]
    assert newest == ["Unreleased", crosscraft.__version__]


def test_there_is_one_oldest_python() -> None:
    (pinned_for,) = re.findall(r"--python-version (\S+)", text("Makefile"))
    assert PROJECT["requires-python"] == f">={pinned_for}"
    assert pythons()[0] == pinned_for


def pythons() -> list[str]:
    return re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))


def test_the_citation_is_one() -> None:
    schema("vendor.citation-file-format", ROOT / "CITATION.cff")


def test_a_forge_can_read_the_workflow() -> None:
    schema("vendor.github-workflows", WORKFLOW)
    schema("custom.github-workflows-require-timeout", WORKFLOW)


def test_the_workflow_runs_what_the_makefile_has() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    commands = "\n".join(step.get("run", "") for step in steps)
    assert set(re.findall(r"\bmake ([a-z-]+)", commands)) <= targets()
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert matrix == {"python": pythons(), "channel": ["local", "conda-forge"]}


def test_the_workflow_may_only_read_and_its_actions_cannot_move() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())
    used = re.findall(r"uses: (\S+) +# v[\d.]+$", WORKFLOW.read_text(encoding="utf-8"), re.M)
    assert len(used) == WORKFLOW.read_text(encoding="utf-8").count("uses:")
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in used)


def test_a_commit_is_checked_as_make_lint_does() -> None:
    config = yaml.safe_load(text(".pre-commit-config.yaml"))
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    assert all(hook["entry"] == f".ci/lint {hook['id']}" for hook in hooks)
    checks = re.findall(r"^    \[(\w+)\]=", text(".ci/lint"), re.M)
    (all_of_them,) = re.findall(r"\|\| set -- (.*)", text(".ci/lint"))
    assert [hook["id"] for hook in hooks] == checks == all_of_them.split()
    pytest.importorskip("pre_commit", reason=LINT)
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml"],
        cwd=ROOT,
        check=True,
    )
