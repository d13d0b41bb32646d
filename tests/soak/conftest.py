"""The soak's options, and the table that it prints at the end."""

from __future__ import annotations

import time

import pytest

from tests.soak.jobs import JOBS

_SHORT_SEED = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    """For a try by hand."""
    parser.addoption("--rounds", type=int, help="rounds in place of each job's own number")
    parser.addoption("--seed", type=int, help="repeat the moments of a seed [a new one]")


def rounds_of(name: str, config: pytest.Config) -> int:
    """Return how often a job is tried in this run, 0 if it is left out."""
    job = JOBS[name]
    own = job.long if config.getoption("--soak", False) else job.short
    return config.getoption("--rounds", None) or own


@pytest.fixture
def seed(pytestconfig: pytest.Config) -> int:
    """The seed of all random moments. The short form always has the same."""
    given = pytestconfig.getoption("--seed", None)
    return given or (time.time_ns() if pytestconfig.getoption("--soak", False) else _SHORT_SEED)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each job counted."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        if dict(report.user_properties).get("job")
    ]
    if reports:
        terminalreporter.section("soak")
    for report in reports:
        counted = dict(report.user_properties)
        name = counted.pop("job")
        figures = ", ".join(f"{what} {number}" for what, number in counted.items())
        terminalreporter.line(f"{name:16} {report.duration:6.0f} s  {figures}  ({JOBS[name].what})")
