"""A build takes nothing from the machine but a kernel and a shell, and leaks nothing of it."""

from __future__ import annotations

import subprocess

import pytest

from crosscraft.inspection import conda_file

pytestmark = pytest.mark.builds


def test_no_tool_of_the_machine_was_called(building):
    assert not building.called.exists(), building.called.read_text()
    assert set(building.files) == {"linux-64", "linux-aarch64"}
    # Were it called, we would know.
    done = subprocess.run(["cmake", "--version"], env=building.env, check=False)
    assert done.returncode == 99
    assert "cmake --version" in building.called.read_text()
    building.called.unlink()


def test_a_script_does_not_see_the_callers_secrets(
    crosscraft, make_project, cache, own_cache, building
):
    recipe = "package:\n  name: spy\n  version: 1\nbuild:\n  noarch: generic\n  script:\n"
    lines = ["mkdir -p $PREFIX/share", "env > $PREFIX/share/env", "env", "exit 0"]
    project = make_project(recipe + "".join(f"    - {line}\n" for line in lines))
    done = crosscraft("build", "-v", cwd=project, env=building.env)
    assert done.returncode == 0, done.stderr
    (package,) = project.glob("output/noarch/*.conda")
    seen = conda_file.open_member(package, "share/env").decode()
    assert "PREFIX=" in seen  # it is the environment
    for text in (seen, done.stdout):
        assert "hunter2" not in text
        assert "_TOKEN" not in text
    recipe_file = project / "recipe.yaml"
    recipe_file.write_text(recipe_file.read_text().replace("exit 0", "exit 3"))
    assert crosscraft("build", cwd=project, env=building.env).returncode == 1
    (log,) = project.glob("output/logs/*.log")
    assert "PREFIX=" in log.read_text()
    assert "hunter2" not in log.read_text()
