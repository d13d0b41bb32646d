"""Eight learners begin a late lesson at the same moment, and what earlier lessons would have left
is compiled for real: on one machine in one workspace, then each in their own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from soak_at_once import MANY, together
from soak_children import Work, variables
from soak_worlds import built_state

from crosscraft.lessons import lesson
from crosscraft.system import files

LESSON = 7
"""It needs the packages of both platforms."""
PACKAGES = 3
"""What those are: the extension twice, and its stubs."""


def main(rounds: int) -> dict[str, int | float]:
    """Let both crowds begin `rounds` times, with an empty cache but for the machine's channel."""
    tried = survived = 0
    for _ in range(rounds):
        for crowd in (_one_workspace, _own_workspaces):
            tried += MANY
            with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name:
                folder = Path(name)
                (folder / "cache").mkdir()
                (folder / "cache" / "channels").symlink_to(files.cache("channels"))
                with variables(CROSSCRAFT_CACHE=str(folder / "cache")):
                    try:
                        crowd(folder)
                        survived += MANY
                    except AssertionError as error:
                        print(f"  {crowd.__name__}: {error}")
    return {"tried": tried, "survived": survived, "builds": rounds * (2 + 2 * MANY)}


def _begin(workspace: Path) -> Work:
    def work() -> None:
        os.environ["CROSSCRAFT_WORKSPACE"] = str(workspace)
        lesson.begin(LESSON)

    return work


def _one_workspace(folder: Path) -> None:
    said = together([_begin(folder / "workspace")] * MANY, folder)
    built = sum(text.count("Building for ") for text in said)
    assert built == 2, f"built {built} times, not once for each platform"
    _look_at(folder / "workspace", folder)


def _own_workspaces(folder: Path) -> None:
    workspaces = [folder / f"workspace-{number}" for number in range(MANY)]
    said = together([_begin(workspace) for workspace in workspaces], folder)
    assert all(text.count("Building for ") == 2 for text in said), said
    for workspace in workspaces:
        _look_at(workspace, folder)


def _look_at(workspace: Path, folder: Path) -> None:
    output = workspace / "cpp_math" / "output"
    state = built_state(output, folder / "cache" / "builds")
    packages = {name.split("/")[0] for name in state}
    assert len(packages) == PACKAGES, sorted(packages)
    assert sum(name.endswith(".so") for name in state) == PACKAGES - 1, sorted(state)
