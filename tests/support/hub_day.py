"""A learner's morning at a hub: lessons 00 to 02, with a wrong answer, an interrupted build, a
connection that is lost, and a record that the instructor sees."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crosscraft.lessons import series
from crosscraft.system import machine
from tests.support.hub_learner import Answer, Cell, Connection, Learner, LessonFailed
from tests.support.hub_room import Room

LESSONS = tuple(one.file for one in series.lessons()[:3])
"""The notebooks of the morning."""
EXERCISE, WRONG, RIGHT = "which-machine", "x86_64", "ppc64le"
"""An exercise, and what a learner answers first and then."""
_BUILDS = "crosscraft build"


@dataclass
class Morning:
    """What a learner saw."""

    name: str
    page: float = 0.0
    """Seconds until JupyterLab's page was there."""
    first: float = 0.0
    """Seconds until a program for Arm had run."""
    build: float = 0.0
    """Seconds of the first build, which is in lesson 00."""
    whole: float = 0.0
    """Seconds until the end."""
    cells: int = 0
    """Cells that ran to their end."""
    interrupted: str = ""
    """The error of the cell whose build was interrupted."""
    verdicts: list[str] = field(default_factory=list)
    """The verdicts on the wrong and on the right answer."""
    silent: list[str] = field(default_factory=list)
    """Cells that printed nothing, and should have."""


@dataclass
class Watch:
    """The most that a hub took, with all that it started."""

    memory: int = 0
    """Bytes."""

    async def look(self, pid: int) -> None:
        """Look again and again, until cancelled."""
        while True:
            self.memory = max(self.memory, await asyncio.to_thread(_taken, pid))
            await asyncio.sleep(2)


def _taken(pid: int) -> int:
    return sum(map(machine.memory_of, [pid, *machine.descendants(pid)]))


async def attend(room: Room, names: Sequence[str]) -> tuple[list[Morning], Watch]:
    """Let all learners come at once, and return what they saw and what the hub took."""
    watch = Watch()
    watching = asyncio.create_task(watch.look(room.pid))
    try:
        return await asyncio.gather(*(_morning(room, name) for name in names)), watch
    finally:
        watching.cancel()


async def _morning(room: Room, name: str) -> Morning:
    seen, began = Morning(name), time.monotonic()
    async with Learner(room.url, name, room.password) as learner:
        await learner.log_in()
        await learner.start_server()
        seen.page = time.monotonic() - began
        for file in LESSONS:
            await _lesson(learner, file, seen, began)
        seen.cells = learner.done
    seen.whole = time.monotonic() - began
    return seen


async def _lesson(learner: Learner, file: str, seen: Morning, began: float) -> None:
    """Run the cells of a lesson, and do in between what learners do."""
    path = f"workspace/lessons/{file}"
    cells, kernel = await learner.cells(path), await learner.open(path)
    printing = _prints(file)
    builds = [number for number, cell in enumerate(cells) if _BUILDS in cell.source]
    last = builds[-1] if file == LESSONS[-1] else len(cells)
    async with learner.connect(kernel) as page:
        for number, cell in enumerate(cells[:last]):
            at = time.monotonic()
            answer = await _run(page, cell, learner.name)
            if printing[number] and not answer.text:
                seen.silent.append(f"{file}, cell {number}")
            if file == LESSONS[0]:
                if number == 0:
                    await page.run(f"lesson.join({learner.name!r})")
                if not seen.first and "crosscraft run" in cell.source:
                    seen.first = time.monotonic() - began
                if number in builds and not seen.build:
                    seen.build = time.monotonic() - at
        if file == LESSONS[0]:
            for given in (WRONG, RIGHT):
                answer = await page.run(f"lesson.check({EXERCISE!r}, {given!r})")
                seen.verdicts.append(answer.text.splitlines()[-1])
        if last < len(cells):
            seen.interrupted = await _interrupt(learner, kernel, page, cells[last])
    if last < len(cells):
        async with learner.connect(kernel) as page:  # the tab was closed, and is opened again
            if not (await page.run("project.resolve(strict=True)")).ok:
                raise LessonFailed(f"{learner.name} has lost the kernel's variables")
            for cell in cells[last:]:
                await _run(page, cell, learner.name)


async def _run(page: Connection, cell: Cell, name: str) -> Answer:
    answer = await page.run(cell.source)
    if not (answer.ok or cell.may_fail):
        raise LessonFailed(f"{name}: {answer.error}: {cell.source[:80]}")
    return answer


async def _interrupt(learner: Learner, kernel: str, page: Connection, cell: Cell) -> str:
    """Run a cell that builds, interrupt it in the midst of the build, and return its error."""
    working = asyncio.Event()

    def heard(text: str) -> None:
        if ": building" in text:
            working.set()

    running = asyncio.create_task(page.run(cell.source, heard))
    waiting = asyncio.create_task(working.wait())
    await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    await learner.interrupt(kernel)
    return (await running).error


def _prints(file: str) -> list[bool]:
    """Whether each code cell of a lesson has a stored output with text."""
    import nbformat

    cells = nbformat.read(Path(series.NOTEBOOKS, file), as_version=4).cells
    return [
        any("text" in one or "text/plain" in one.get("data", {}) for one in cell.outputs)
        for cell in cells
        if cell.cell_type == "code"
    ]
