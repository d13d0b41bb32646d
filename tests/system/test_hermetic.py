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


ASKING = """\
context: {version: '${{ env.get("EDITION", default="0") }}'}
package: {name: asking, version: "${{ version }}"}
build:
  noarch: generic
  script:
    secrets: [UPLOAD_TOKEN, ABSENT]
    content:
      - mkdir -p $PREFIX/share
      - test -n "$UPLOAD_TOKEN" && test -z "$EDITION" && test -z "$ABSENT"
      - set -x; echo "$UPLOAD_TOKEN"
      - LEAK
"""


def test_a_recipe_gets_the_variables_that_it_names(crosscraft, make_project, own_cache):
    project = make_project(ASKING.replace("LEAK", "env > $PREFIX/share/env"))
    env = {"EDITION": "26.11", "UPLOAD_TOKEN": "hunter22", "OTHER_TOKEN": "hunter33"}
    shown = crosscraft("render", cwd=project, env=env).stdout.splitlines()[0]
    assert shown.startswith("asking-26.11-")
    done = crosscraft("build", "-v", cwd=project, env=env)
    assert done.returncode == 1
    assert "asking-26.11-" in done.stderr
    assert "contains the secret UPLOAD_TOKEN" in done.stderr
    assert "secret   UPLOAD_TOKEN, from your environment" in done.stdout
    assert "missing  ABSENT: " in done.stdout
    assert not list(project.glob("output/*/*.conda"))

    (project / "recipe.yaml").write_text(ASKING.replace("LEAK", "true"))
    done = crosscraft("build", "-v", cwd=project, env=env)
    assert done.returncode == 0, done.stderr
    assert [path.stem for path in project.glob("output/noarch/*.conda")] == [shown]
    (project / "recipe.yaml").write_text(ASKING.replace("LEAK", "exit 3"))
    failed = crosscraft("build", cwd=project, env=env)
    (log,) = project.glob("output/logs/*.log")
    assert failed.returncode == 1
    for text in (done.stdout, done.stderr, failed.stdout, failed.stderr, log.read_text()):
        assert "hunter" not in text
