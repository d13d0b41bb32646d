"""The limits of a rehearsed room: which is met first, and how many learners each allows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crosscraft.setup import room_limits
from crosscraft.setup.room_limits import Found, Learner, Machine

GB = 1_000_000_000
FOUND = Found(
    machine=Machine(memory=20 * GB, disk=100 * GB, tasks=30_000),
    learners=(Learner(3.0, 20.0, GB // 2), Learner(5.0, 30.0, GB // 2)),
    failed=(),
    memory=GB,
    tasks=60,
)
"""Two learners."""


def allowed(found: Found) -> dict[str, int]:
    return {limit.what: limit.learners for limit in room_limits.limits(found)}


def test_each_limit_grows_with_what_there_is() -> None:
    assert allowed(FOUND) == {"time": 8, "memory": 36, "disk": 180, "processes": 1000}


def test_the_time_is_that_of_the_slowest_build() -> None:
    slow = replace(FOUND, learners=(Learner(1.0, 1.0, 1), Learner(1.0, 240.0, 1)))
    assert allowed(slow)["time"] == 1


@pytest.mark.parametrize(
    ("machine", "first"),
    [
        (Machine(2 * GB, 100 * GB, 30_000), "memory"),
        (Machine(20 * GB, 3 * GB, 30_000), "disk"),
        (Machine(20 * GB, 100 * GB, 100), "processes"),
        (Machine(20 * GB, 100 * GB, 30_000), "time"),
    ],
)
def test_the_smallest_comes_first(machine: Machine, first: str) -> None:
    found = replace(FOUND, machine=machine)
    assert room_limits.limits(found)[0].what == first
    assert f"The first limit is {first}" in room_limits.text(found)


def test_the_text_has_times_and_shares() -> None:
    said = room_limits.text(FOUND)
    assert ["build", "for", "Arm,", "and", "its", "run", "25.0", "s", "30.0", "s"] in [
        line.split() for line in said.splitlines()
    ]
    assert ["memory", "at", "the", "peak", "1.0", "GB", "0.50", "GB"] in [
        line.split() for line in said.splitlines()
    ]
    assert said.endswith("2 fit. The first limit is time, at about 8.")


def test_a_room_that_is_too_large_is_told_how_many_fit() -> None:
    many = replace(FOUND, learners=FOUND.learners * 10, machine=Machine(GB // 2, GB * 99, 9999))
    said = room_limits.text(many)
    assert said.endswith("The first limit is memory. About 9 of 20 fit.")


def test_those_who_failed_are_named() -> None:
    none = replace(FOUND, learners=(), failed=("learner 1: no memory",))
    assert room_limits.text(none) == "did not finish: learner 1: no memory"
    with pytest.raises(ValueError, match="no learner"):
        room_limits.limits(none)
