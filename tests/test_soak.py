"""The short form of benchmarks/soak.py: each job a few times, with a fixed seed."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from crosscraft.paths import ROOT

JOBS = (
    "kill-channel",
    "kill-build",
    "kill-environment",
    "kill-lesson",
    "kill-notebook",
    "at-once",
    "disk",
)


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program that may import the soak."""
    start = "import sys; sys.path.insert(0, 'benchmarks'); import soak; "
    argv = [sys.executable, "-c", start + program, *arguments]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.mirror
@pytest.mark.builds
@pytest.mark.usefixtures("own_mounts")
def test_all_is_well_after_each() -> None:
    done = python("sys.exit(soak.main())", "--short", *JOBS)
    found = re.findall(r"^([a-z-]+) +(\d+) +(\d+) ", done.stdout, re.M)
    rows = {name: (int(tried), int(well)) for name, tried, well in found}
    assert tuple(rows) == JOBS, done.stdout + done.stderr
    assert all(tried == well > 0 for tried, well in rows.values()), done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(("survived", "status"), [(2, 0), (1, 1)])
def test_a_try_that_does_not_survive_is_an_error(survived: int, status: int) -> None:
    program = (
        "import types; fake = sys.modules['fake'] = types.ModuleType('fake'); "
        "fake.main = lambda rounds: {'tried': rounds, 'survived': int(sys.argv[1]), 'seen': 7}; "
        "sys.exit(soak.run(soak.Job('x', 'fake', 'main', 1, 1, 'a thing'), 2))"
    )
    done = python(program, str(survived))
    assert done.returncode == status, done.stdout + done.stderr
    assert re.match(rf"x +2 +{survived} +\d+  a thing, seen 7$", done.stdout)


def test_a_job_that_cannot_run_or_is_not_known_is_an_error() -> None:
    job = "soak.Job('x', 'fake', 'main', 1, 1, 'x')"
    program = f"import types; sys.modules['fake'] = types.SimpleNamespace(main=lambda rounds: 1 / 0); sys.exit(soak.run({job}, 2))"  # noqa: E501
    done = python(program)
    assert (done.returncode, "ZeroDivisionError" in done.stderr) == (1, True)
    assert python("sys.exit(soak.main())", "no-such").returncode == 2


def test_every_job_is_there() -> None:
    done = python(
        "[getattr(soak.importlib.import_module(j.module), j.function) for j in soak.JOBS]"
    )
    assert done.returncode == 0, done.stderr
