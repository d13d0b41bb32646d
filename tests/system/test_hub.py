"""A hub for real: two learners log in, start their servers, and run a notebook at once."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import runpy

import pytest

from crosscraft.paths import ROOT

PROXY = runpy.run_path(str(ROOT / "deploy" / "local" / "proxy.py"))
NOTEBOOK = "00-run-arm.ipynb"


def lacking() -> str:
    """What this machine lacks for a hub; nothing if it lacks nothing."""
    if importlib.util.find_spec("jupyterhub") is None:
        return "jupyterhub is not installed: `make test-hub` does that"
    if not (PROXY["HERE"] / "node_modules").is_dir():
        return PROXY["missing"]() or "the proxy is not installed: `make test-hub` does that"
    return ""


@pytest.mark.hub
@pytest.mark.skipif(bool(lacking()), reason=lacking())
def test_two_learners_run_a_notebook_at_once() -> None:
    from tests.support.hub_learner import Learner
    from tests.support.hub_room import Room, open_room, shared_channels

    async def attend(room: Room, name: str) -> int:
        async with Learner(room.url, name, room.password) as learner:
            await learner.log_in()
            await learner.start_server()
            await learner.run([f"workspace/lessons/{NOTEBOOK}"])
            return learner.done

    async def both(room: Room) -> list[int]:
        return await asyncio.gather(attend(room, "ada"), attend(room, "grace"))

    with shared_channels() as channels, open_room(channels) as room:
        ran = asyncio.run(both(room))
    cells = json.loads((ROOT / "notebooks" / NOTEBOOK).read_text())["cells"]
    assert ran == [sum(cell["cell_type"] == "code" for cell in cells)] * 2
