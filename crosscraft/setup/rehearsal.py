"""Try a room before the learners come: run the first lesson with many kernels at once.

Each learner has a kernel, a workspace and a cache of packages, as at a hub. All of them read the
same local channel, begin together, and never pause to read.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from crosscraft.channel import local, select
from crosscraft.errors import StorageError
from crosscraft.jupyter import lab
from crosscraft.jupyter.cells import PAGE_VARIABLE
from crosscraft.jupyter.kernels import AsyncSocketManager
from crosscraft.lessons import series
from crosscraft.lessons.room import VARIABLE as ROOM
from crosscraft.setup import room_limits
from crosscraft.setup.room_limits import Found, Learner, Machine
from crosscraft.system import files, machine, scratch, workspace
from crosscraft.system.console import Console
from crosscraft.text import printable

__all__ = ["report", "run"]

_MEMORY = 200_000_000
"""The least memory of a learner, in bytes: a kernel in which a lesson has begun, and a compiler."""
_DISK = 600_000_000
"""The disk space of a learner, in bytes. Most of it is the unpacked packages."""

_FIRST = "crosscraft run "
_BUILD = "crosscraft build "
"""The words of the cells of lesson 00 whose ends are timed. The lesson ends for us with the second
one."""
_PATIENCE = 1800
"""The seconds after which a cell is given up."""
_EVERY = 1.0
"""The seconds between two measurements of memory."""


@dataclass(slots=True)
class _Peak:
    """The highest use of the machine so far."""

    memory: int = 0
    tasks: int = 0

    def measure(self) -> None:
        """Look at all our children once."""
        children = machine.descendants(os.getpid())
        self.memory = max(self.memory, sum(map(machine.memory_of, children)))
        self.tasks = max(self.tasks, sum(map(machine.tasks_of, children)))


def report(count: int) -> int:
    """Try a room of `count` learners, print what it took, and return the exit status.

    The status is 0 if all came to the end and the machine allows as many.

    :raises StorageError: if memory or disk clearly don't suffice.
    :raises ChannelError: if there is no channel yet.
    """
    with Console() as console:
        found = run(count, console)
    print(room_limits.text(found))
    fits = bool(found.learners) and room_limits.limits(found)[0].learners >= count
    return 0 if fits and not found.failed else 1


def run(count: int, console: Console) -> Found:
    """Run the first lesson for `count` learners at once, and return what that took.

    Nothing of it stays, also after an interrupt.

    :raises StorageError: if memory or disk clearly don't suffice.
    :raises ChannelError: if there is no channel yet.
    """
    select.choose()
    _allow_open_files()
    there = _machine()
    _check(count, there)
    cells = _cells()
    lab.put_programs_on_path()
    with scratch.folder(files.cache(), "room-") as temporary:
        learners = "1 learner begins" if count == 1 else f"{count} learners begin"
        console.step(f"{learners} lesson 00, all at once")
        done = 0

        def came_to_the_end() -> None:
            nonlocal done
            done += 1
            console.progress(done, count, "learners")

        console.progress(0, count, "learners")
        outcome, peak = asyncio.run(_room(count, temporary.path, cells, came_to_the_end))
        console.end_step()
    return Found(
        machine=there,
        learners=tuple(one for one in outcome if isinstance(one, Learner)),
        failed=tuple(one for one in outcome if isinstance(one, str)),
        memory=peak.memory,
        tasks=peak.tasks,
    )


def _machine() -> Machine:
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    allowed = hard if soft == resource.RLIM_INFINITY else soft
    tasks = machine.most_tasks()
    return Machine(
        memory=machine.available_memory(),
        disk=shutil.disk_usage(files.cache()).free,
        tasks=tasks if allowed == resource.RLIM_INFINITY else min(tasks, allowed),
    )


def _allow_open_files() -> None:
    """Let this process have as many open files as it may. At a hub, each learner's server has only
    those of one learner, so a room doesn't meet this limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _check(count: int, there: Machine) -> None:
    """Check that the room can begin at all."""
    for what, size, each in (("memory", there.memory, _MEMORY), ("disk", there.disk, _DISK)):
        if size < count * each:
            raise StorageError(
                f"a room of {count} needs {count * each / 1e9:.1f} GB of {what} or more, and "
                f"{size / 1e9:.1f} GB are free",
                remedy=f"Try {max(1, size // each)} or fewer with `crosscraft doctor --seats`.",
            )


def _cells() -> list[str]:
    """Return the code cells of lesson 00, up to the one that builds."""
    notebook = json.loads((series.NOTEBOOKS / series.lessons()[0].file).read_text("utf-8"))
    code = ["".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == "code"]
    last = next(i for i, source in enumerate(code) if _BUILD in source)
    return code[: last + 1]


async def _room(
    count: int, folder: Path, cells: Sequence[str], on_end: Callable[[], None]
) -> tuple[list[Learner | str], _Peak]:
    """Run the learners, and watch the machine meanwhile."""
    peak, began = _Peak(), time.monotonic()
    together = asyncio.Barrier(count)

    async def watch() -> None:
        while True:
            await asyncio.to_thread(peak.measure)
            await asyncio.sleep(_EVERY)

    async def learn(number: int) -> Learner | str:
        own = folder / f"{number:03}"
        own.mkdir()
        outcome: Learner | str = ""
        try:
            async with _kernel(own) as client:
                outcome = await _learn(client, own, cells, began)
                on_end()
                await together.wait()  # learners who are done keep their kernels
        except Exception as error:  # what stops one learner is a finding about the room
            if not outcome:  # after the others, a kernel that doesn't end well is none
                outcome = f"learner {number}: {printable(str(error) or type(error).__name__)}"
                on_end()
                await together.wait()
        return outcome

    watching = asyncio.create_task(watch())
    try:
        # An interrupt cancels every task once. A TaskGroup would cancel the learners twice, the
        # second time while they end their kernels.
        return await asyncio.gather(*map(learn, range(1, count + 1))), peak
    finally:
        watching.cancel()


async def _learn(client: Any, folder: Path, cells: Sequence[str], began: float) -> Learner:
    """Run the cells in a kernel, and return what a learner waited for.

    :raises RuntimeError: if a cell fails.
    :raises TimeoutError: if a cell doesn't end.
    """
    first = build = 0.0
    for number, cell in enumerate(cells, start=1):
        at = time.monotonic()
        reply = await client.execute_interactive(
            cell, timeout=_PATIENCE, allow_stdin=False, output_hook=lambda _: None
        )
        content = reply["content"]
        if content["status"] != "ok":
            raise RuntimeError(f"cell {number}: {content.get('ename')}: {content.get('evalue')}")
        if _FIRST in cell and not first:
            first = time.monotonic() - began
        build = time.monotonic() - at
    return Learner(first, build, await asyncio.to_thread(_size, folder))


@asynccontextmanager
async def _kernel(folder: Path) -> AsyncIterator[Any]:
    """Yield the client of a learner's kernel, and end the kernel and what it runs."""
    (folder / "tmp").mkdir(parents=True)
    manager = AsyncSocketManager(kernel_name="python3")
    client = None
    try:
        await manager.start_kernel(
            env=_environment(folder), cwd=str(folder), stdout=DEVNULL, stderr=DEVNULL
        )
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=_PATIENCE)
        yield client
    finally:
        if client is not None:
            client.stop_channels()
        try:
            if manager.has_kernel:
                # A cell's command has a process group, which only an interrupt of the cell ends.
                await manager.interrupt_kernel()
                await manager.shutdown_kernel()
        finally:
            await manager.cleanup_resources()  # also if an interrupt cut the lines above short


def _environment(folder: Path) -> dict[str, str]:
    """Return the variables of a learner's kernel."""
    ours = {
        "CROSSCRAFT_WORKSPACE": str(folder / "workspace"),
        "CROSSCRAFT_CACHE": str(folder / "cache"),
        "CROSSCRAFT_CHANNELS": str(local.link_path().parent),
        "IPYTHONDIR": str(folder / "ipython"),
        "TMPDIR": str(folder / "tmp"),  # what a killed command leaves there goes with the room
        workspace.SERVED: str(folder),
    }
    not_theirs = {PAGE_VARIABLE, ROOM}
    return {name: value for name, value in os.environ.items() if name not in not_theirs} | ours


def _size(folder: Path) -> int:
    """Return the bytes on disk of a folder. A file with several names counts once."""
    found = {(one.st_dev, one.st_ino): one.st_blocks * 512 for one in _states(folder)}
    return sum(found.values())


def _states(folder: Path) -> Iterator[os.stat_result]:
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            yield path.lstat()
