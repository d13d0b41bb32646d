"""The short form of benchmarks/soak.py: each job a few times, with a fixed seed."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from crosscraft import ROOT

JOBS = {
    "kill-channel": 3,
    "kill-build": 3,
    "kill-environment": 3,
    "kill-lesson": 10,
    "kill-notebook": 4,
    "at-once": 1,
    "disk": 1,
}
"""How many rounds of each."""


def soak(*arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(ROOT / "benchmarks" / "soak.py"), *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


@pytest.mark.mirror
@pytest.mark.builds
@pytest.mark.parametrize("job", JOBS)
def test_all_is_well_after(job: str, request: pytest.FixtureRequest) -> None:
    if job == "disk":
        request.getfixturevalue("own_mounts")
    done = soak("--seed", "20", "--rounds", str(JOBS[job]), job)
    row = re.search(rf"^{job} +(\d+) +(\d+) ", done.stdout, re.M)
    assert row, done.stdout + done.stderr
    assert int(row[1]) == int(row[2]) >= JOBS[job], done.stdout
    assert done.returncode == 0


def test_a_try_that_does_not_survive_is_an_error() -> None:
    program = (
        "import sys; sys.path.insert(0, 'benchmarks'); import soak, soak_kills; "
        "soak_kills.lessons = lambda rounds: {'tried': rounds, 'survived': rounds - 1}; "
        "sys.argv[1:] = ['--rounds', '2', 'kill-lesson', 'no-such'][:int(sys.argv[1])]; "
        "sys.exit(soak.main())"
    )
    for count, status in ((3, 1), (4, 2)):
        done = subprocess.run(
            [sys.executable, "-c", program, str(count)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr


def test_a_job_whose_module_is_not_there_is_said_and_passes() -> None:
    program = (
        "import sys; sys.path.insert(0, 'benchmarks'); import soak; "
        "sys.exit(soak.run(soak.Job('x', 'soak_none', 'main', 1, 'x'), 1))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "not there" in done.stdout) == (0, True)
