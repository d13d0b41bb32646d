"""A hub for real: learners log in, start their servers, and work through lessons at once."""

from __future__ import annotations

import asyncio
import importlib.util
import runpy
import statistics

import pytest

from crosscraft.lessons import room_table
from crosscraft.paths import ROOT

PROXY = runpy.run_path(str(ROOT / "deploy" / "local" / "proxy.py"))
FEW, MANY = 2, 30
"""How many learners the room has, and how many with `--soak`."""


def lacking() -> str:
    """What this machine lacks for a hub; nothing if it lacks nothing."""
    if importlib.util.find_spec("jupyterhub") is None:
        return "jupyterhub is not installed: `make test-hub` does that"
    if not (PROXY["HERE"] / "node_modules").is_dir():
        return PROXY["missing"]() or "the proxy is not installed: `make test-hub` does that"
    return ""


@pytest.mark.hub
@pytest.mark.timeout(0)
@pytest.mark.skipif(bool(lacking()), reason=lacking())
def test_a_room_works_through_three_lessons(
    pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    """All at once, with a wrong answer, an interrupted build and a lost connection each."""
    from tests.support import hub_day
    from tests.support.hub_room import open_room, shared_channels

    count = MANY if pytestconfig.getoption("--soak", False) else FEW
    names = [f"seat-{number:02}" for number in range(1, count + 1)]
    with shared_channels() as channels, open_room(channels) as room:
        mornings, watch = asyncio.run(hub_day.attend(room, names))
        found = room_table.read(room.shared)
    with capsys.disabled():
        print(f"\n{count} learners, {watch.memory / 1e9:.1f} GB at the peak")
        for what in ("page", "first", "build", "whole"):
            seconds = [getattr(one, what) for one in mornings]
            print(f"{what:6} {statistics.median(seconds):6.1f} s, {max(seconds):6.1f} s at worst")
    for one in mornings:
        wrong, right = one.verdicts
        assert wrong.startswith("Not yet.")
        assert right.startswith("Correct.")
        assert one.interrupted.startswith(("CalledProcessError", "KeyboardInterrupt"))
        assert one.silent == []
    assert len({one.cells for one in mornings}) == 1
    assert [row.learner for row in found.rows] == names
    assert {row.passed for row in found.rows} == {1}
    mistakes = {one.exercise: one.learners for one in found.mistakes}
    assert mistakes[hub_day.EXERCISE] == count
