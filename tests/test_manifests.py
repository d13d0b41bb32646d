"""The environment is the same wherever it comes from: PyPI, pixi or conda."""

from __future__ import annotations

import re
import tomllib

from crosscraft import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIXI = tomllib.loads((ROOT / "pixi.toml").read_text(encoding="utf-8"))

# What is another package, or more packages, on conda-forge than on PyPI.
ELSEWHERE = {"pyright[nodejs]": {"pyright", "nodejs"}}
# What an environment needs to hold this project at all.
BESIDES = {"python", "pip", "flit-core"}


def wanted() -> set[str]:
    project = PYPROJECT["project"]
    names = {
        re.split(r"[ ;<>=]", line)[0]
        for line in project["dependencies"] + project["optional-dependencies"]["test"]
    }
    return BESIDES.union(*(ELSEWHERE.get(name, {name}) for name in names))


def test_pixi_has_the_same_packages() -> None:
    assert set(PIXI["dependencies"]) == wanted()


def test_conda_has_the_same_packages() -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = re.findall(r"^  - ([\w-]+)", text.split("dependencies:")[1], re.M)
    assert set(listed) == wanted()
    assert len(listed) == len(set(listed))


def test_pixi_offers_what_make_offers() -> None:
    assert {"lab", "test", "build"} <= set(PIXI["tasks"])


def test_every_pin_has_a_hash_and_none_names_a_host() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^[\w.-]+==\S+.*(?:\n    --hash.*)*", text, re.M)
    assert len(pins) > 100
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text
