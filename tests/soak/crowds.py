"""Eight of each at the same moment, with one cache: all right, and each thing made once."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from crosscraft.building import build as builds
from crosscraft.building.engines import available
from crosscraft.channel import local
from crosscraft.channel.select import in_folder
from crosscraft.environments import install
from crosscraft.lessons import lesson, workspace
from crosscraft.paths import ROOT
from crosscraft.platforms import native
from crosscraft.system import files
from crosscraft.system.console import Console
from tests.soak.children import Work, hashes, run, start, variables
from tests.soak.worlds import (
    NAMES,
    World,
    built_state,
    channel_state,
    make_channel,
    make_project,
    world,
)

MANY = 8


def small(rounds: int) -> dict[str, int | float]:
    """Run each crowd `rounds` times, each time in a new world."""
    tried = survived = 0
    for _ in range(rounds):
        for crowd in CROWDS:
            tried += MANY
            with (
                tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name,
                world(Path(name)) as here,
            ):
                try:
                    crowd(here)
                    survived += MANY
                except AssertionError as error:
                    print(f"  {crowd.__name__}: {error}")
    return {"tried": tried, "survived": survived, "crowds": rounds * len(CROWDS)}


def together(works: Sequence[Work], folder: Path) -> list[str]:
    """Begin all at the same moment, and return what each said; all must go well."""
    waiting, gate = os.pipe()
    children = [start(work, folder / f"log-{i}", waiting) for i, work in enumerate(works)]
    os.write(gate, b"g" * len(works))
    os.close(gate)
    os.close(waiting)
    statuses = [child.wait() for child in children]
    said = [child.said() for child in children]
    for status, text in zip(statuses, said, strict=True):
        assert status == 0, f"status {status}: {text[-2000:]}"
    return said


def channels(here: World) -> None:
    """Channel builds: the mirror is asked once for each file, the channel is made once."""
    said = together([make_channel] * MANY, here.folder)
    channel_state(here.cache)
    assert here.asked_twice() == [], here.asked_twice()
    once = sum("making 3 conda packages" in text for text in said)
    assert once == 1, f"made {once} times"
    _waited(said)


def _waited(said: Sequence[str]) -> None:
    """Those who wait say so in one line. Who comes late may find all done."""
    waited = [text.count("waiting for another crosscraft") for text in said]
    assert set(waited) <= {0, 1} and 0 in waited and 1 in waited, f"said they wait: {waited}"


def installations(here: World) -> None:
    """One environment, wanted by all: installed once."""
    run(make_channel, here.folder / "log")
    channel = in_folder(local.find(), "local")

    def work() -> None:
        install.create(list(NAMES), native(), [channel], on_wait=print)

    def alone() -> dict[str, str]:
        run(work, here.folder / "log")
        return hashes(here.cache / "environments")

    with counted(install, "_install", here.folder / "count") as count:
        said = together([work] * MANY, here.folder)
        assert count() == 1, f"installed {count()} times"
        made = hashes(here.cache / "environments")
        assert made == alone(), "another run changed the environment"
    _waited(said)


def same_output(here: World) -> None:
    """Builds of one project into one output folder."""
    project = make_project(here.folder)
    together([_build(here, project, here.folder / "output")] * MANY, here.folder)
    found = built_state(here.folder / "output", here.cache / "builds")
    assert len(found) == 9, found


def other_outputs(here: World) -> None:
    """Builds in different workspaces, with one cache."""
    project = make_project(here.folder)
    outputs = [here.folder / f"output-{number}" for number in range(MANY)]
    together([_build(here, project, output) for output in outputs], here.folder)
    for output in outputs:
        assert len(built_state(output, here.cache / "builds")) == 9


def _build(here: World, project: Path, output: Path) -> Work:
    def work() -> None:
        channel = in_folder(here.folder / "empty", "empty")
        with Console() as console:
            builds.build(
                builds.BuildRequest(project, native(), output, channel, available.choose()), console
            )

    return work


def lessons(here: World) -> None:
    """Lesson starts in one workspace: what is missing is built once for each platform."""

    def build(target: object, output: Path) -> None:
        with (here.folder / "count").open("a") as file:
            file.write("x")
        folder = output / target.subdir  # type: ignore[attr-defined]
        folder.mkdir(parents=True)
        index = {"packages.conda": {"built.conda": {}}}
        (folder / "repodata.json").write_text(json.dumps(index))

    real = lesson._build
    lesson._build = build
    try:
        together([lambda: lesson.begin(6)] * MANY, here.folder)
    finally:
        lesson._build = real
    assert (here.folder / "count").read_text() == "xx", "built more than once"
    key = ROOT / "cpp_math"
    for file in workspace.FILES:
        assert (workspace.project() / file.path).read_bytes() == (key / file.path).read_bytes()


def workspaces(here: World) -> None:
    """Lesson starts, each in a workspace of its own."""

    def begin(number: int) -> Work:
        def work() -> None:
            os.environ["CROSSCRAFT_WORKSPACE"] = str(here.folder / f"workspace-{number}")
            lesson.begin(7)
            lesson.reset()

        return work

    together([begin(number) for number in range(MANY)], here.folder)
    made = [hashes(here.folder / f"workspace-{number}" / "project") for number in range(MANY)]
    assert all(one == made[0] and len(one) == len(workspace.FILES) for one in made)


class counted:
    """Counts the calls of a function, in whatever process they are."""

    def __init__(self, module: object, name: str, file: Path) -> None:
        self.module, self.name, self.file = module, name, file

    def __enter__(self) -> Callable[[], int]:
        self.real = getattr(self.module, self.name)
        self.file.touch()

        def wrapper(*arguments: object) -> object:
            with self.file.open("a") as file:
                file.write("x")
            return self.real(*arguments)

        setattr(self.module, self.name, wrapper)
        return lambda: len(self.file.read_text())

    def __exit__(self, *_: object) -> None:
        setattr(self.module, self.name, self.real)


CROWDS = (channels, installations, same_output, other_outputs, lessons, workspaces)


# Crowds that compile

LESSON = 6
"""It needs the packages of both platforms."""
PACKAGES = 3
"""The extension for both platforms, and its stubs."""


def compiled(rounds: int) -> dict[str, int | float]:
    """Let eight learners begin a late lesson at the same moment, with an empty cache but for the
    machine's channel: in one workspace, then each in their own."""
    tried = survived = 0
    for _ in range(rounds):
        for crowd in (_one_workspace, _own_workspaces):
            tried += MANY
            with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name:
                folder = Path(name)
                channels = files.cache("channels")
                (folder / "cache").mkdir()
                (folder / "cache" / "channels").symlink_to(channels)
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
    said = together([_begin(one) for one in workspaces], folder)
    assert all(text.count("Building for ") == 2 for text in said), said
    for one in workspaces:
        _look_at(one, folder)


def _look_at(workspace: Path, folder: Path) -> None:
    output = workspace / "project" / "output"
    state = built_state(output, folder / "cache" / "builds")
    packages = {name.split("/")[0] for name in state}
    assert len(packages) == PACKAGES, sorted(packages)
    assert sum(name.endswith(".so") for name in state) == PACKAGES - 1, sorted(state)
