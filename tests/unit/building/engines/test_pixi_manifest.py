"""The copy of a project that pixi builds: its sources, another manifest, and nothing else."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import pytest
import tomlkit

from crosscraft.building.engines import pixi_manifest
from crosscraft.building.engines.interface import Request
from crosscraft.errors import RecipeError
from crosscraft.lessons import workspace
from crosscraft.platforms import lookup

PLATFORMS = ["linux-64", "linux-aarch64"]


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
    assert files(copy) == {file.path for file in workspace.FILES}
    assert (project / "pixi.toml").read_bytes() == own
    made = tomllib.loads((copy / "pixi.toml").read_text())
    assert made == {
        "workspace": {
            "name": "cpp_math",
            "channels": ["file:///output", "file:///c"],
            "platforms": ["linux-64", "linux-aarch64"],
            "preview": ["pixi-build"],
            "build-variants": {"build_platform": ["linux-64"]},
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


def test_variants_of_the_project_are_kept(project, request_for, tmp_path):
    own = project / "pixi.toml"
    own.write_text(own.read_text() + '[workspace.build-variants]\npython = ["3.11.*"]\n')
    pixi_manifest.copy_project(request_for(project / "recipe/recipe.yaml"), [], tmp_path / "copy")
    made = tomllib.loads((tmp_path / "copy/pixi.toml").read_text())
    expected = {"python": ["3.11.*"], "build_platform": ["linux-64"]}
    assert made["workspace"]["build-variants"] == expected


def package(folder, *depends):
    (folder / "info").mkdir(parents=True)
    (folder / "info/index.json").write_text(json.dumps({"depends": depends}))
    return folder


@pytest.mark.parametrize(
    ("depends", "newest"),
    [
        ([], None),
        (["python", "__unix", "__glibc"], None),
        (["__glibc >=2.17,<3.0.a0"], None),
        (["__glibc >=2.28,<3.0.a0"], None),
        (["__glibc >=2.36,<3.0.a0", "__glibc >=2.17"], "2.36"),
        (["__glibc >=2.4", "__glibc >=2.101"], "2.101"),
    ],
)
def test_the_newest_glibc_that_the_packages_need(tmp_path, depends, newest):
    packages = [package(tmp_path / str(i), "python", spec) for i, spec in enumerate(depends)]
    assert pixi_manifest.newest_glibc(packages) == newest


@pytest.mark.parametrize(
    ("rich", "platforms", "required"),
    [
        (True, [{"platform": name, "glibc": "2.36"} for name in PLATFORMS], None),
        (False, PLATFORMS, {"libc": "2.36"}),
    ],
)
def test_what_is_written_has_headers_and_reads_the_same_in_another_library(
    project, request_for, tmp_path, rich, platforms, required
):
    """pixi looks for the headers in the text: it refuses tables in one line, and quoted names."""
    own = project / "pixi.toml"
    odd = '[workspace]\n"odd key" = "a \\"quoted\\" ü\\u007f"\n'
    own.write_text(own.read_text().replace("[workspace]\n", odd))
    asked = replace(
        request_for(project / "recipe/recipe.yaml"),
        packages=(package(tmp_path / "gxx", "__glibc >=2.36,<3.0.a0"),),
    )
    pixi_manifest.copy_project(asked, ["file:///c/ü"], tmp_path / "copy", rich)
    text = (tmp_path / "copy/pixi.toml").read_text(encoding="utf-8")
    first, second = tomllib.loads(text), tomlkit.parse(text)
    assert second.unwrap() == first
    assert first["workspace"]["odd key"] == 'a "quoted" ü\x7f'
    assert first["workspace"]["platforms"] == platforms
    assert first.get("system-requirements") == required
    assert {"[workspace]", "[package]"} < set(text.splitlines())


def test_a_manifest_that_is_a_link_is_left_alone(make_project, request_for, tmp_path):
    project = make_project("package:\n  name: a\n  version: 1\n")
    (tmp_path / "shared.toml").write_text('[workspace]\nchannels = ["theirs"]\n')
    (project / "pixi.toml").symlink_to(tmp_path / "shared.toml")
    pixi_manifest.copy_project(request_for(project / "recipe.yaml"), ["x"], tmp_path / "copy")
    assert (tmp_path / "shared.toml").read_text() == '[workspace]\nchannels = ["theirs"]\n'
    made = tomllib.loads((tmp_path / "copy/pixi.toml").read_text())
    assert made["workspace"]["channels"] == ["x"]
    assert (tmp_path / "copy/pixi.toml").stat().st_mode & 0o777 == 0o600  # a URL may have a token
    assert made["package"]["build"]["backend"]["channels"] == ["theirs"]


def test_one_that_does_not_parse_is_a_line(make_project, request_for, tmp_path):
    project = make_project("package:\n  name: a\n  version: 1\n")
    (project / "pixi.toml").write_text("[workspace\n")
    with pytest.raises(RecipeError, match=r"pixi\.toml does not parse"):
        pixi_manifest.copy_project(request_for(project / "recipe.yaml"), ["x"], tmp_path / "copy")


def test_other_variants_take_the_place_of_the_projects(project, request_for, tmp_path):
    own = project / "recipe/variants.yaml"
    kept = own.read_text()
    (project / "recipe/conda_build_config.yaml").write_text("python: [3.12]\n")
    (tmp_path / "fewer").write_text("python: [3.11]\n")
    request = replace(request_for(project / "recipe/recipe.yaml"), variants=tmp_path / "fewer")
    pixi_manifest.copy_project(request, ("file:///c",), tmp_path / "copy")
    assert (tmp_path / "copy/recipe/variants.yaml").read_text() == "python: [3.11]\n"
    assert not (tmp_path / "copy/recipe/conda_build_config.yaml").exists()
    assert own.read_text() == kept
