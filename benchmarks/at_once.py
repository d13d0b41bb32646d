"""The job about several platforms: one command for all, against one command for each."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from builds import CROSSCRAFT, edit, forget, kept, project
from side_by_side import Action, Job, Prepare, call
from soak_platforms import link_channel

from crosscraft.platforms import ALL, PLATFORMS


@functools.cache
def every_platform() -> Path:
    """A cache whose channel has all platforms; both sides' environments and packages are in it."""
    cache = kept() / "all-platforms"
    link_channel(cache / "channels")
    call([CROSSCRAFT, "channel", "build", "--platform", ALL], CROSSCRAFT_CACHE=str(cache))
    return cache


def build(selections: Sequence[str], edited: bool = False) -> Prepare:
    """One `crosscraft build` for each of `selections`, with nothing compiled before; or after
    an edit, with everything built before."""

    def prepare(folder: Path) -> Action:
        cache = every_platform()
        forget(cache)
        copy = project(folder)
        argv = [CROSSCRAFT, "build", "--project", str(copy)]
        argv += ["--output-dir", str(folder / "output"), "--target-platform"]

        if edited:
            call([*argv, ALL], CROSSCRAFT_CACHE=str(cache))
            edit(copy)

        def action() -> None:
            for selection in selections:
                call([*argv, selection], CROSSCRAFT_CACHE=str(cache))

        return action

    return prepare


_PEER = "crosscraft build, one command each"

JOBS = (
    Job(
        "at-once",
        f"{len(PLATFORMS)} platforms at once, first",
        _PEER,
        0.6,
        build([ALL]),
        build(list(PLATFORMS)),
    ),
    Job(
        "at-once-edited",
        f"{len(PLATFORMS)} platforms at once, math.cpp edited",
        _PEER,
        0.6,
        build([ALL], edited=True),
        build(list(PLATFORMS), edited=True),
    ),
)
