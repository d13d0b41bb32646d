"""Kills, crowds, full disks: a few rounds in `make test`, many in `make soak`.

The short form takes a minute, because each job runs whole commands several times.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from crosscraft.paths import ROOT
from tests.soak.conftest import rounds_of
from tests.soak.jobs import JOBS
from tests.support.commands import run


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each job that has rounds in this run."""
    if "job" in metafunc.fixturenames:
        metafunc.parametrize("job", [name for name in JOBS if rounds_of(name, metafunc.config)])


@pytest.mark.soak
@pytest.mark.builds
@pytest.mark.emulates
@pytest.mark.mirror
def test_all_is_well_after_each_try(
    job: str,
    seed: int,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    if JOBS[job].mounts:
        request.getfixturevalue("own_mounts")
    rounds = rounds_of(job, request.config)
    done = run([sys.executable, "-m", "tests.soak", job, str(rounds), str(seed)], cwd=ROOT)
    printed = f"seed {seed}\n{done.stdout}{done.stderr}"
    assert done.returncode == 0, printed
    counted = json.loads(done.stdout.splitlines()[-1])
    for name, number in {"job": job, **counted}.items():
        record_property(name, number)
    assert counted["survived"] == counted["tried"] > 0, printed
