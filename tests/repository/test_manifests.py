"""The environment is the same wherever it comes from: PyPI, pixi, conda, mamba or Binder."""

from __future__ import annotations

import copy
import re
import stat
import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from crosscraft.building.engines import pixi_manifest
from crosscraft.paths import ROOT
from tests.support.pixi_rules import broken

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIXI = tomllib.loads((ROOT / "pixi.toml").read_text(encoding="utf-8"))
CPP_MATH = tomllib.loads((ROOT / "cpp_math/pixi.toml").read_text(encoding="utf-8"))
BINDER = ROOT / "binder"

CONDA_FORGE: dict[str, tuple[str, str]] = {
    # of PyPI: (of conda-forge, what its recipe is in conda-forge/NAME-feedstock)
    "capstone": ("capstone", "capstone-feedstock/recipe/meta.yaml, an output"),
    "click": ("click", "click-feedstock/recipe/recipe.yaml"),
    "conda-package-handling": (
        "conda-package-handling",
        "conda-package-handling-feedstock/recipe/recipe.yaml",
    ),
    "conda-package-streaming": (
        "conda-package-streaming",
        "conda-package-streaming-feedstock/recipe/meta.yaml",
    ),
    "cxxfilt": ("cxxfilt", "cxxfilt-feedstock/recipe/meta.yaml"),
    "flit-core": ("flit-core", "flit-core-feedstock/recipe/recipe.yaml"),
    "hypothesis": ("hypothesis", "hypothesis-feedstock/recipe/recipe.yaml"),
    "ipykernel": ("ipykernel", "ipykernel-feedstock/recipe/recipe.yaml"),
    "ipywidgets": ("ipywidgets", "ipywidgets-feedstock/recipe/meta.yaml"),
    "jinja2": ("jinja2", "jinja2-feedstock/recipe/meta.yaml"),
    "jupyterlab": ("jupyterlab", "jupyterlab-feedstock/recipe/recipe.yaml"),
    "markdown-it-py": ("markdown-it-py", "markdown-it-py-feedstock/recipe/meta.yaml"),
    "mypy": ("mypy", "mypy-feedstock/recipe/recipe.yaml"),
    "nbclient": ("nbclient", "nbclient-feedstock/recipe/recipe.yaml"),
    "nbval": ("nbval", "nbval-feedstock/recipe/meta.yaml"),
    "packaging": ("packaging", "packaging-feedstock/recipe/recipe.yaml"),
    "patchelf": ("patchelf", "patchelf-feedstock/recipe/recipe.yaml"),
    "pip": ("pip", "pip-feedstock/recipe/recipe.yaml"),
    "platformdirs": ("platformdirs", "platformdirs-feedstock/recipe/recipe.yaml"),
    "psutil": ("psutil", "psutil-feedstock/recipe/recipe.yaml"),
    "py-rattler": ("py-rattler", "py-rattler-feedstock/recipe/recipe.yaml"),
    "py-rattler-build": ("py-rattler-build", "py-rattler-build-feedstock/recipe/recipe.yaml"),
    "pyelftools": ("pyelftools", "pyelftools-feedstock/recipe/recipe.yaml"),
    "pytest": ("pytest", "pytest-feedstock/recipe/recipe.yaml"),
    "pytest-timeout": ("pytest-timeout", "pytest-timeout-feedstock/recipe/meta.yaml"),
    "pytest-xdist": ("pytest-xdist", "pytest-xdist-feedstock/recipe/meta.yaml"),
    "python": ("python", "python-feedstock/recipe/meta.yaml"),
    "pyyaml": ("pyyaml", "pyyaml-feedstock/recipe/recipe.yaml"),
    "rich": ("rich", "rich-feedstock/recipe/recipe.yaml"),
    "tomli-w": ("tomli-w", "tomli-w-feedstock/recipe/meta.yaml"),
    "tomlkit": ("tomlkit", "tomlkit-feedstock/recipe/meta.yaml"),
}
"""Each package by its names on PyPI and on conda-forge, with the recipe that has it.

A feedstock alone proves little: capstone's makes libcapstone, cstool and capstone, and only the
last is the Python module. There is no python-capstone.
"""

# What an environment needs to hold this project at all.
BESIDES = {"python", "pip", "flit-core"}
# What is for tests, and called by lessons as well.
IN_LESSONS = {"mypy"}


def names(lines: list[str]) -> set[str]:
    """The conda-forge names of requirements in pyproject.toml."""
    return {CONDA_FORGE[re.split(r"[ ;<>=]", line)[0]][0] for line in lines}


NEEDED = names(PYPROJECT["project"]["dependencies"]) | BESIDES
TESTS = names(PYPROJECT["dependency-groups"]["test"])


def environment() -> dict[str, Any]:
    return yaml.safe_load((BINDER / "environment.yml").read_text(encoding="utf-8"))


def test_pixi_has_the_same_packages() -> None:
    assert set(PIXI["dependencies"]) == NEEDED | IN_LESSONS
    assert set(PIXI["feature"]["test"]["dependencies"]) == TESTS - IN_LESSONS


def test_conda_has_the_same_packages() -> None:
    listed = [line.split()[0] for line in environment()["dependencies"]]
    assert set(listed) == NEEDED | TESTS
    assert len(listed) == len(set(listed))
    assert environment()["channels"] == ["conda-forge"]


def test_every_name_was_looked_up_and_is_used() -> None:
    assert {name for name, _ in CONDA_FORGE.values()} == NEEDED | TESTS
    for name, source in CONDA_FORGE.values():
        assert source.startswith(f"{name}-feedstock/recipe/")


@pytest.mark.parametrize("manifest", [PIXI, CPP_MATH], ids=["pixi.toml", "cpp_math/pixi.toml"])
def test_manifests_keep_pixis_rules(manifest: dict[str, Any]) -> None:
    assert broken(manifest) == []


@pytest.mark.parametrize("own", [CPP_MATH, {}, {"project": {"name": "a", "channels": ["b"]}}])
def test_manifests_that_pixi_builds_with_keep_them_too(own: dict[str, Any]) -> None:
    made = pixi_manifest.manifest(own, "a", ["file:///c/ü \"'\\"], ["linux-64"])
    assert broken(made) == []
    assert made["workspace"]["channels"] == ["file:///c/ü \"'\\"]
    backend = made["package"]["build"]["backend"]
    assert backend["name"] == "pixi-build-rattler-build"
    theirs = own.get("workspace", own.get("project", {})).get("channels", ["conda-forge"])
    assert backend["channels"] == theirs  # a channel of packages has no backend of pixi's


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (("workspace", "platforms"), ["linux-arm"], "linux-arm"),
        (("workspace", "channel"), ["a"], "channel"),
        (("dependencies", "rich"), "", "rich"),
        (("tasks", "two words"), "true", "two words"),
        (("tasks", "lab"), {"command": "true"}, "lab"),
        (("tasks", "lab"), {"cmd": "true", "depends-on": ["nothing"]}, "no task nothing"),
        (("environments", "test"), {"features": ["tests"]}, "no feature tests"),
        (("environments", "Test"), {}, "Test"),
        (("scripts",), {}, "scripts"),
    ],
)
def test_the_rules_find_what_breaks_them(place: tuple[str, ...], value: object, words: str) -> None:
    manifest = copy.deepcopy(PIXI)
    table = manifest
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = value
    assert words in " ".join(broken(manifest))


def test_each_task_does_its_own_set_up() -> None:
    tasks = PIXI["tasks"]
    assert {"lab", "build", "build-aarch64", "start"} < set(tasks)
    for name in set(tasks) - {"setup"}:
        assert tasks[name]["depends-on"] == (["build"] if name == "start" else ["setup"])
    (test,) = PIXI["feature"]["test"]["tasks"].values()
    # What is recorded belongs to an environment, and this one has another.
    assert test["depends-on"] == [{"task": "setup", "environment": "test"}]


def test_the_commands_of_tasks_are_ours() -> None:
    """Each is one that the command line knows."""
    from crosscraft.cli.commands import cli

    lines = [task["cmd"] for task in PIXI["tasks"].values()]
    called = {call for line in lines for call in re.findall(r"crosscraft ([a-z-]+)", line)}
    assert called == {"lab", "answer-key", "build", "run", "channel"}
    assert called < set(cli.commands)


def test_one_list_serves_conda_and_binder() -> None:
    """repo2docker looks into binder/ and then nowhere else; people look at the root."""
    root = ROOT / "environment.yml"
    assert root.resolve() == BINDER / "environment.yml"
    assert not (BINDER / "environment.yml").is_symlink()  # repo2docker copies it by itself
    assert {path.name for path in BINDER.iterdir()} == {"environment.yml", "postBuild"}
    assert not any((ROOT / name).exists() for name in ("Dockerfile", "postBuild", "runtime.txt"))


def test_binder_gets_the_python_that_is_asked_for() -> None:
    """repo2docker takes the version from such a pin alone, and else a Python too old for us."""
    pins = [re.match(r"python\s*=+\s*([\d\.]*)", line) for line in environment()["dependencies"]]
    (version,) = [match[1] for match in pins if match]
    oldest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
    assert [int(n) for n in version.split(".")] >= [int(n) for n in oldest.split(".")]


def test_post_build_can_be_run_and_parses() -> None:
    script = BINDER / "postBuild"
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    assert script.stat().st_mode & stat.S_IXUSR
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "--stage", "binder/postBuild"],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    assert listed == "" or listed.startswith("100755")  # as a clone gets it
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_post_build_does_what_pixis_set_up_does() -> None:
    lines = (BINDER / "postBuild").read_text(encoding="utf-8").splitlines()
    install, use = PIXI["tasks"]["setup"]["cmd"].split(" && ")
    assert install in lines
    assert use in lines
