"""The copy of a project that pixi builds: its sources, another manifest, and nothing else."""

from __future__ import annotations

import tomllib

import pytest

from crosscraft.engines import pixi_manifest
from crosscraft.engines.interface import Request
from crosscraft.errors import RecipeError
from crosscraft.platforms import lookup


@pytest.fixture
def request_for(tmp_path):
    def make(recipe):
        platforms = lookup("linux-64"), lookup("linux-aarch64")
        return Request(recipe, *platforms, ("file:///c",), "skip", tmp_path / "scratch")

    return make


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_answer_key(project, request_for, tmp_path):
    own = (project / "pixi.toml").read_bytes()
    for name in (".pixi/envs/x", "output/linux-64/repodata.json", "output/linux-64/a-1-0.conda"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("")
    copy = tmp_path / "copy"
    channels = ("file:///output", "file:///c")
    pixi_manifest.copy_project(request_for(project / "recipe/recipe.yaml"), channels, copy)
    assert files(copy) == {"CMakeLists.txt", "pixi.toml", "recipe/recipe.yaml", "src/math.cpp"}
    assert (project / "pixi.toml").read_bytes() == own
    made = tomllib.loads((copy / "pixi.toml").read_text())
    assert made == {
        "workspace": {
            "name": "cpp_math",
            "channels": ["file:///output", "file:///c"],
            "platforms": ["linux-64", "linux-aarch64"],
            "preview": ["pixi-build"],
        },
        "package": {
            "name": "cpp_math",
            "version": "0.1.0",
            "build": {
                "backend": {
                    "name": "pixi-build-rattler-build",
                    "version": "*",
                    "channels": ["conda-forge"],
                }
            },
        },
    }


def test_a_manifest_that_is_a_link_is_left_alone(make_project, request_for, tmp_path):
    project = make_project("package:\n  name: a\n  version: 1\n")
    (tmp_path / "shared.toml").write_text('[workspace]\nchannels = ["theirs"]\n')
    (project / "pixi.toml").symlink_to(tmp_path / "shared.toml")
    pixi_manifest.copy_project(request_for(project / "recipe.yaml"), ["x"], tmp_path / "copy")
    assert (tmp_path / "shared.toml").read_text() == '[workspace]\nchannels = ["theirs"]\n'
    made = tomllib.loads((tmp_path / "copy/pixi.toml").read_text())
    assert made["workspace"]["channels"] == ["x"]
    assert made["package"]["build"]["backend"]["channels"] == ["theirs"]


def test_one_that_does_not_parse_is_a_line(make_project, request_for, tmp_path):
    project = make_project("package:\n  name: a\n  version: 1\n")
    (project / "pixi.toml").write_text("[workspace\n")
    with pytest.raises(RecipeError, match=r"pixi\.toml does not parse"):
        pixi_manifest.copy_project(request_for(project / "recipe.yaml"), ["x"], tmp_path / "copy")
