"""conda-forge as the channel: the local one, served in its layout and under its name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crosscraft.channel import local
from crosscraft.inspection import conda_file
from crosscraft.lessons.evidence import feedstock
from crosscraft.lessons.exercises import feedstock_recipe
from tests.support import stand_in
from tests.support.served_channel import serve

pytestmark = pytest.mark.builds

PASSWORD = "hunter2-do-not-leak"


@pytest.fixture
def mode(tmp_path):
    """The variables of somebody whose channels come from a mirror, with a cache of their own."""
    (tmp_path / "cache").mkdir()
    # The channel that is recorded here is the local one, and `run` looks there last.
    (tmp_path / "cache" / "channels").symlink_to(local.find().parent)
    return {"CROSSCRAFT_CACHE": str(tmp_path / "cache"), "NO_PROXY": "127.0.0.1"}


def test_solving_rendering_building_and_running(crosscraft, geometry, mode):
    with serve(local.find()) as forge:
        env = mode | {"CONDA_CHANNEL_ALIAS": forge.alias}
        rendered = crosscraft("render", cwd=geometry, env=env)
        assert rendered.returncode == 0, rendered.stderr
        assert forge.asked == []  # a recipe is rendered without any channel
        done = crosscraft("build", "--channel", "conda-forge", cwd=geometry, env=env)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "  channel  conda-forge\n" in done.stdout
        asked = list(forge.asked)
        for subdir in ("linux-64", "noarch"):
            assert any(re.match(rf"/conda-forge/{subdir}/repodata", path) for path in asked)
        assert any(re.match(r"/conda-forge/linux-64/gxx_linux-64-\S+\.conda", p) for p in asked)
        run = ["run", "-q", "--channel", "conda-forge", "--with", "geometry", "--"]
        program = "import geometry; print(geometry.area(3, 4))"
        ran = crosscraft(*run, "python", "-c", program, cwd=geometry, env=env)
        assert (ran.returncode, ran.stdout) == (0, "12\n"), ran.stderr
    (package,) = geometry.glob("output/linux-64/*.conda")
    assert {spec.split()[0] for spec in conda_file.read(package).depends} == {
        "python", "libstdcxx", "libgcc", "python_abi"
    }  # fmt: skip


def test_what_it_does_not_have(crosscraft, make_project, mode):
    project = make_project("package:\n  name: a\n  version: 1\nrequirements:\n  host: [pythn]\n")
    with serve(local.find()) as forge:
        env = mode | {"CONDA_CHANNEL_ALIAS": forge.alias}
        done = crosscraft("build", "--channel", "conda-forge", cwd=project, env=env)
    assert done.returncode == 1
    assert "no package 'pythn' for linux-64" in done.stderr
    assert "the channels conda-forge" in done.stderr


@pytest.mark.parametrize("engine", [("rattler-build", "0.73.0"), ("pixi", "0.68.1")])
def test_a_password_reaches_an_engine_by_a_file_alone(
    crosscraft, make_project, mode, tmp_path, engine
):
    """Everybody can read the arguments of a command."""
    recipe = "package:\n  name: a\n  version: 1\nbuild:\n  script:\n    - ninja --version\n"
    project = make_project(f"{recipe}requirements:\n  build:\n    - ninja\n")
    record = stand_in.install(tmp_path / "bin", *engine)
    with serve(local.find(), PASSWORD) as forge:
        env = mode | {
            "CONDA_CHANNEL_ALIAS": forge.alias,
            "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
            "PIXI_BUILD_BACKEND_OVERRIDE": "pixi-build-rattler-build=/some/where",
        }
        flags = ["--channel", "conda-forge", "--engine", engine[0]]
        done = crosscraft("build", *flags, cwd=project, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    (call,) = stand_in.calls(record)
    assert call["auth"] == {"127.0.0.1": {"BasicHTTP": {"username": "user", "password": PASSWORD}}}
    assert call["auth_mode"] == "0o600"
    assert PASSWORD not in str(call["argv"]) + str(call["env"]) + done.stdout + done.stderr
    assert f"http://127.0.0.1:{forge.port}/conda-forge" in str(call)
    # The solver's own notes of where an index is from stay, in the user's own cache.
    left = [path for path in Path(mode["CROSSCRAFT_CACHE"]).rglob("*") if path.is_file()]
    left = [path for path in left if path.parent.name != "repodata"]
    assert not [path for path in left if PASSWORD.encode() in path.read_bytes()]


def test_the_recipe_that_learners_write_for_a_feedstock_builds_from_its_release(
    crosscraft, tmp_path
):
    feedstock_recipe.prepare(tmp_path)
    folder = tmp_path / "feedstock"
    text = str(feedstock_recipe.EXERCISE.solution)
    text = text.replace("https://example.org/", f"{folder.as_uri()}/")
    (folder / "recipe/recipe.yaml").write_text(text, encoding="utf-8")
    pinning = f"c_stdlib: [sysroot]\npython_min: ['3.11']\npython: {list(feedstock.PYTHONS)}\n"
    (folder / "recipe/variants.yaml").write_text(pinning, encoding="utf-8")
    done = crosscraft("build", "--target-platform", "linux-aarch64", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (package,) = folder.glob("output/linux-aarch64/cpp_math-0.1.0-py311h*.conda")
    assert "info/licenses/LICENSE" in conda_file.read(package).info_files
