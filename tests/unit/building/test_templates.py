"""The templates, and how one is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building import templates
from crosscraft.errors import ProjectError
from crosscraft.paths import ROOT


def test_the_default_comes_first() -> None:
    assert templates.names()[0] == templates.DEFAULT
    assert "setuptools-c" in templates.names()


@pytest.mark.parametrize("name", templates.names())
def test_each_is_a_folder_of_the_clone(name: str) -> None:
    assert (ROOT / templates.find(name) / "pixi.toml").is_file()


@pytest.mark.parametrize("name", ["", "cpp", "../cpp_math", "examples/c-library", "README.md"])
def test_others_are_refused_with_the_list(name: str) -> None:
    with pytest.raises(ProjectError) as caught:
        templates.find(name)
    assert caught.value.exit_status == 2
    assert all(known in caught.value.remedy for known in templates.names())


def test_a_folder_without_a_recipe_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples/notes").mkdir(parents=True)
    monkeypatch.setattr(templates, "ROOT", tmp_path)
    assert templates.names() == ("cpp_math",)
