"""A disk that is full at any point, or read-only: one line, status not 0, nothing half-made; and
when there is space again, the next run makes all whole.

The disks are small tmpfs mounts, in a mount namespace of our own (`unshare -rm`).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crosscraft.building import build as builds
from crosscraft.building.engines import available
from crosscraft.channel import imported, local
from crosscraft.channel.select import in_folder
from crosscraft.environments import install
from crosscraft.lessons import lesson, record, workspace
from crosscraft.lessons.evidence.verdict import passed
from crosscraft.paths import ROOT
from crosscraft.platforms import native
from crosscraft.system import files
from crosscraft.system.console import Console
from tests.soak.children import differing, hashes, run, start
from tests.soak.worlds import (
    NAMES,
    World,
    add_package,
    built_state,
    channel_state,
    make_channel,
    make_project,
    world,
)

AMPLE = 200_000
"""Size of a disk with space, in kB."""


@dataclass(frozen=True)
class Case:
    """Something that writes to the disk."""

    work: Callable[[], object]
    state: Callable[[], Mapping[str, str]]
    glance: Callable[[], object] = lambda: None


def all_cases(rounds: int) -> dict[str, int | float]:
    """Try each case with `rounds` sizes of disk, and read-only."""
    here = [sys.executable, "-m", "tests.soak.disks", str(rounds), str(random.randrange(1 << 30))]
    done = subprocess.run(
        ["unshare", "-rm", *here],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    *said, last = done.stdout.splitlines() or [""]
    print("\n".join(said), end="\n" if said else "")
    assert done.returncode == 0, "`unshare -rm` is not allowed here, or the soak itself failed"
    return dict(json.loads(last))


def inside(rounds: int) -> dict[str, int]:
    """What :func:`all_cases` does, within the namespace."""
    counted = {"tried": 0, "survived": 0, "full": 0, "read-only": 0}
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name:
        for title, make in CASES.items():
            folder = Path(name) / title.replace(" ", "-")  # pip splits its settings at spaces
            folder.mkdir()
            with world(folder) as here:
                try:
                    _try(title, here, make, rounds, counted)
                finally:
                    subprocess.run(["umount", here.folder / "disk"], check=False)
    return counted


def _try(
    title: str,
    here: World,
    make: Callable[[World, Path], Case],
    rounds: int,
    counted: dict[str, int],
) -> None:
    disk = here.folder / "disk"
    disk.mkdir()
    log = here.folder / "log"
    case = make(here, disk)

    def fresh(size: int) -> None:
        subprocess.run(["umount", disk], check=False, capture_output=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "soak", disk]
        subprocess.run(mount, check=True)

    fresh(AMPLE)
    run(case.work, log)
    reference = case.state()
    usage = shutil.disk_usage(disk)
    needed = max(usage.used // 1024, 8)
    for number in range(rounds + 1):
        read_only = number == rounds
        fresh(AMPLE if read_only else random.randrange(4, max(8, needed * 5 // 4), 4))
        if read_only:
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        child = start(case.work, log)
        status, said = child.wait(), child.said()
        counted["tried"] += 1
        counted["full"] += status == 1 and not read_only
        counted["read-only"] += status == 1 and read_only
        try:
            assert status in (0, 1), f"not one line: {said[-1500:]}"
            if status:
                line = said.splitlines()[-1]
                assert line.startswith("one line: "), said[-1500:]
                mark = "read-only" if read_only else "disk is full"
                assert mark in line, line
                case.glance()
            else:
                assert not read_only, "a read-only disk was not noticed"
                assert case.state() == reference, differing(case.state(), reference)
            subprocess.run(["mount", "-o", f"remount,rw,size={AMPLE}k", disk], check=True)
            run(case.work, log)
            assert case.state() == reference, differing(case.state(), reference)
            counted["survived"] += 1
        except AssertionError as error:
            print(f"  {title}, {'read-only' if read_only else 'full'}: {error}")


def _channel(here: World, disk: Path) -> Case:
    os.environ["CROSSCRAFT_CACHE"] = str(disk / "cache")

    def work() -> None:
        make_channel()
        add_package()

    def glance() -> None:
        for link in disk.glob("cache/channels/local-*"):
            assert imported.check(link) == link.resolve().name, "half a channel has its name"
            assert [one.name for one in local.listing(link)] == list(NAMES), "half was added"

    return Case(work, lambda: channel_state(disk / "cache", older=1), glance)


def _installation(here: World, disk: Path) -> Case:
    run(make_channel, here.folder / "log")
    channel = in_folder(local.find(), "local")
    os.environ["CROSSCRAFT_CACHE"] = str(disk / "cache")

    def work() -> None:
        install.create(list(NAMES), native(), [channel])

    def state() -> Mapping[str, str]:
        return hashes(disk / "cache" / "environments")

    def glance() -> None:
        marks = list(disk.glob("cache/environments/*/conda-meta/crosscraft-complete"))
        assert not marks, "half an environment is marked as whole"

    return Case(work, state, glance)


def _builds(cache: Callable[[World, Path], Path], output: Callable[[World, Path], Path]) -> object:
    def make(here: World, disk: Path) -> Case:
        project = make_project(here.folder)
        channel = in_folder(here.folder / "empty", "empty")
        os.environ["CROSSCRAFT_CACHE"] = str(cache(here, disk))

        def work() -> None:
            with Console() as console:
                request = builds.BuildRequest(
                    project, native(), output(here, disk), channel, available.choose()
                )
                builds.build(request, console)

        def state() -> Mapping[str, str]:
            return built_state(output(here, disk), files.cache("builds"))

        def glance() -> None:
            left = list(output(here, disk).glob("*/*.conda"))
            assert not left, f"a build that failed left {left}"

        if cache(here, disk).is_relative_to(disk):

            def prepared() -> None:
                shutil.rmtree(output(here, disk), ignore_errors=True)
                work()

            return Case(prepared, state, glance)
        return Case(work, state, glance)

    return make


def _workspace(here: World, disk: Path) -> Case:
    os.environ["CROSSCRAFT_WORKSPACE"] = str(disk / "workspace")
    project = disk / "workspace" / "project"
    key = {f.path: (ROOT / "cpp_math" / f.path).read_bytes() for f in workspace.FILES}

    def work() -> None:
        lesson.begin(7)
        record.record("one", None, passed(""))

    def glance() -> None:
        for path, data in key.items():
            if (project / path).exists():
                assert (project / path).read_bytes() == data, f"{path} is half-made"

    def state() -> Mapping[str, str]:
        return hashes(project) | {"passed": str(sorted(record.entries()))}

    return Case(work, state, glance)


def _clone(here: World, disk: Path) -> Case:
    """Notebooks of a clone on a disk: what is saved is the old or the new, never a part."""
    path = disk / "lesson.ipynb"

    def work() -> None:
        files.write(path, "new" * 10_000)

    def glance() -> None:
        assert not list(disk.iterdir()), "something half-made is left"

    return Case(work, lambda: hashes(disk), glance)


CASES = {
    "channel in the cache": _channel,
    "environment in the cache": _installation,
    "build in the cache": _builds(lambda h, d: d / "cache", lambda h, d: h.folder / "output"),
    "output folder": _builds(lambda h, d: h.folder / "cache", lambda h, d: d / "output"),
    "workspace": _workspace,
    "clone": _clone,
}

if __name__ == "__main__":
    random.seed(int(sys.argv[2]))
    print(json.dumps(inside(int(sys.argv[1]))))
