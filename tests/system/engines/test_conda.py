"""A real conda installs each example from its output folder and the local channel.

Skipped where no conda is on PATH. `make test-engines` says whether there was one.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from crosscraft.channel import local, select
from crosscraft.environments import emulate
from crosscraft.environments.install import Environment
from crosscraft.lessons.answer_key import start_task
from crosscraft.platforms import lookup
from tests.support import examples
from tests.support.commands import run

pytestmark = pytest.mark.builds


@pytest.fixture(scope="module")
def conda() -> str:
    return shutil.which("conda") or pytest.skip("not on PATH: conda")


@pytest.mark.parametrize("platform", examples.PLATFORMS)
@pytest.mark.parametrize("name", examples.EXAMPLES)
def test_it_is_installed_and_prints_its_answer(
    conda: str, name: str, platform: str, own_cache: Path, tmp_path: Path
) -> None:
    project = examples.copy(name, tmp_path)
    built = examples.build(examples.EXAMPLES[name], project, platform, own_cache)
    prefix = tmp_path / "environment"
    made = run(
        [
            *(conda, "create", "--yes", "--quiet", "--prefix", prefix, "--override-channels"),
            *("--channel", (built.project / "output").as_uri()),
            *("--channel", local.find().as_uri(), *examples.packages(built.project)),
        ],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "CONDA_SUBDIR": platform,
            "CONDA_PKGS_DIRS": str(tmp_path / "packages"),
        },
    )
    assert made.returncode == 0, made.stdout + made.stderr
    environment = Environment(prefix, lookup(platform))
    emulator = emulate.find(environment.platform, [select.choose("local")])
    argv = emulate.command(environment, start_task(built.project), emulator)
    ran = run(argv, cwd=built.project, env=emulate.variables(environment))
    assert (ran.returncode, ran.stdout) == (0, f"{built.known.answer}\n"), ran.stderr
