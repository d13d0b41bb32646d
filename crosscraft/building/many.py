"""Build a project for several platforms at once, within the machine.

Each build is one of :mod:`crosscraft.building.build`, in a thread that waits for the process group
of its own engine. One that fails stops no other; it is named in the end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TextIO

from crosscraft.building import build as builds
from crosscraft.building import recipe as recipes
from crosscraft.building.board import Board
from crosscraft.building.build import Built
from crosscraft.building.engines.interface import Engine, OnEvent, Outcome, Request, Test
from crosscraft.building.recipe import Rendered
from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.errors import BuildError, CrosscraftError
from crosscraft.platforms import Platform, native
from crosscraft.system import files, processes
from crosscraft.system.console import Console

__all__ = ["AT_ONCE", "build"]

AT_ONCE = (os.cpu_count() or 1) + 1
"""Builds at the same time. While a compiler fills every core, one more build configures, packs
and indexes, which takes one core each; further ones would only share what there is, and memory."""


def build(
    folder: Path,
    targets: Sequence[Platform],
    output: Path,
    channel: Channel,
    engine: Engine,
    test: Test,
    stream: TextIO | None = None,
    verbose: bool = False,
    force: bool = False,
) -> tuple[Built, ...]:
    """Build the project in `folder` for each of `targets` into the channel `output`.

    Parameters are those of :func:`crosscraft.building.build.build`.

    :param stream: where to say how it goes; stdout by default.
    :return: what was built, in the order of `targets`.
    :raises CrosscraftError: if nothing could be begun, for the same reasons as there.
    :raises BuildError: if any platform failed, once all others are built.
    """
    recipe = recipes.find_recipe(folder)
    failed: dict[Platform, CrosscraftError] = {}
    absent = select.lacking(channel, targets)
    if absent:
        failed |= dict.fromkeys(absent, select.not_held(absent))
    rendered: dict[Platform, Rendered] = {}
    for target in targets:
        try:
            rendered[target] = recipes.render(recipe, native(), target)
        except CrosscraftError as error:
            failed[target] = error
    if not rendered:
        raise next(iter(failed.values()))
    files.check_writable(output, "the output folder")
    console = Console(stream)
    _announce(rendered, channel, engine, console)
    todo = [target for target in targets if target not in failed]
    built: dict[Platform, tuple[Built, ...]] = {}
    turns = _Turns(engine)
    with Board([target.subdir for target in targets], stream) as board:
        for target in failed:
            board.end(target.subdir, "failed")

        def one(target: Platform) -> None:
            row = board.row(target.subdir, verbose)
            try:
                built[target] = builds.build(
                    folder, target, output, channel, turns, test, row, verbose, force
                )
                board.end(target.subdir, _how(built[target]))
            except BrokenPipeError:
                raise
            except (CrosscraftError, OSError) as error:
                explained = files.explain(error) if isinstance(error, OSError) else error
                if explained is None:
                    raise
                failed[target] = explained
                board.end(target.subdir, "failed")

        _each(todo, one, turns)
    made = tuple(one for target in targets for one in built.get(target, ()))
    if made:
        console.say()
        console.say(builds.as_table(made))
    if failed:
        in_order = {target: failed[target] for target in targets if target in failed}
        raise _failure(in_order, targets, sum(map(bool, built.values())), console)
    return made


def _how(built: Sequence[Built]) -> str:
    if not built:
        return "skipped"
    return "up to date" if all(one.kept for one in built) else "built"


def _announce(
    rendered: Mapping[Platform, Rendered], channel: Channel, engine: Engine, console: Console
) -> None:
    """Say what is built, with what, and what recipes skip for which platforms."""
    names = {out.name: "" for one in rendered.values() for out in one.outputs}
    subdirs = ", ".join(target.subdir for target in rendered)
    console.say(f"building {', '.join(names) or 'nothing'} on {native().subdir} for {subdirs}")
    console.say(f"  engine   {engine.name} {engine.version()}")
    console.say(f"  channel  {channel.name}")
    for name in dict.fromkeys(name for one in rendered.values() for name in one.skipped):
        where = ", ".join(target.subdir for target, one in rendered.items() if name in one.skipped)
        console.say(f"  skipped  {name}: the recipe says so for {where}")


class _Turns:
    """An engine whose builds end without a word once the user has interrupted."""

    def __init__(self, engine: Engine, interrupted: Event | None = None) -> None:
        self.engine = engine
        self.name, self.steady = engine.name, engine.steady
        self.interrupted = interrupted or Event()

    def version(self) -> str:
        return self.engine.version()

    @contextmanager
    def ready(self) -> Iterator[Engine]:
        with self.engine.ready() as engine:
            yield _Turns(engine, self.interrupted)

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        self._go_on()
        outcome = self.engine.build(request, on_event)
        self._go_on()
        return outcome

    def _go_on(self) -> None:
        if self.interrupted.is_set():
            raise KeyboardInterrupt


def _each(todo: Sequence[Platform], one: object, turns: _Turns) -> None:
    """Call `one` for each of `todo`, :data:`AT_ONCE` at a time; an interrupt ends them all."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs: list[Future[None]] = [pool.submit(one, target) for target in todo]  # type: ignore[arg-type]
        try:
            wait(jobs)
        except BaseException:
            turns.interrupted.set()
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(job.done() for job in jobs):
                processes.end_all()  # one may have started its engine meanwhile
                wait(jobs, timeout=0.2)
            raise
        for job in jobs:
            job.result()


def _failure(
    failed: Mapping[Platform, CrosscraftError],
    targets: Sequence[Platform],
    made: int,
    console: Console,
) -> BuildError:
    """Say why each platform failed, platforms with one reason together, and return the error.

    :param made: for how many of `targets` there are packages.
    """
    reasons: dict[str, list[str]] = {}
    for target, error in failed.items():
        text = "\n".join([*(f"    {line}" for line in error.detail), f"  {error}"])
        reasons.setdefault(text, []).append(target.subdir)
    for text, subdirs in reasons.items():
        console.say()
        console.say(f"{', '.join(subdirs)}:\n{text}")
    names = ", ".join(target.subdir for target in failed)
    others = f"the other {made}" if made > 1 else "the other one"
    rest = f"The packages for {others} are in the output folder. " if made else ""
    return BuildError(
        f"{len(failed)} of {len(targets)} platforms failed: {names}",
        remedy=f"{rest}Mend what the lines above name, and build for these again.",
    )
