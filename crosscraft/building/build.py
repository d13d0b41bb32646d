"""Build a project: choose engine and channel, watch, publish, report.

The engine works in a folder aside. Only whole packages reach the output folder, which is
indexed with them, so that it is a channel after every build.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path

from crosscraft.building import failures, speed, tidying, up_to_date
from crosscraft.building import recipe as recipes
from crosscraft.building.engines.interface import Engine, Event, Note, Outcome, Request, Test
from crosscraft.building.recipe import Rendered
from crosscraft.channel import output as outputs
from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.environments import install, store
from crosscraft.environments.store import Wanted
from crosscraft.errors import CrosscraftError, InstallError
from crosscraft.platforms import Platform, native
from crosscraft.redact import conceal
from crosscraft.system import files, scratch
from crosscraft.system.console import Console
from crosscraft.text import megabytes, table

__all__ = ["Built", "build"]

_PREFIX = "build-"
"""How the names of the folders begin that are built in."""


@dataclass(frozen=True, slots=True)
class Built:
    """A package that was built."""

    package: str
    """``name-version-build``."""
    subdir: str
    """Its folder in the output channel."""
    size: int
    """In bytes."""
    seconds: float
    """From the first sign of it to the next output's, or to the end."""
    kept: bool = False
    """Whether it was up to date, and is from a build before."""


def build(
    folder: Path,
    target: Platform,
    output: Path,
    channel: Channel,
    engine: Engine,
    test: Test,
    console: Console,
    verbose: bool = False,
    force: bool = False,
) -> tuple[Built, ...]:
    """Build the project in `folder` for `target` into the channel `output`.

    :param channel: where its dependencies come from.
    :param test: which of the recipe's tests to run.
    :param verbose: whether to show the whole log.
    :param force: whether to build also what is up to date.
    :return: what was built, in order; if nothing changed since, what was built then.
    :raises RecipeError: if there is no recipe, or it does not parse.
    :raises InstallError: if the channel cannot satisfy its requirements.
    :raises BuildError: if its script or a test fails; the log is kept in the output folder.
    :raises StorageError: if the output folder cannot be written.
    """
    recipe = recipes.find_recipe(folder)
    build_platform = native()
    asked = up_to_date.Build(
        recipe,
        build_platform.subdir,
        target.subdir,
        test,
        f"{engine.name} {engine.version()}",
        channel.url,
        output,
    )
    builds = files.cache("builds")
    if not force and not speed.is_plain():
        outputs.complete(output, console.say)
        made = up_to_date.find(asked)
        if made is not None:
            scratch.sweep(builds, _PREFIX)  # of one that was killed when all was done but that
            return _say_up_to_date(made, console)
    name = _name(recipe, target)
    # The engine starts while we find out what it is to do. It holds the folder too: a child that
    # outlives us keeps it.
    with scratch.folder(builds, _PREFIX, name) as aside, engine.ready() as ready:
        return _build(asked, target, channel, ready, aside, console, verbose)


def _build(
    asked: up_to_date.Build,
    target: Platform,
    channel: Channel,
    engine: Engine,
    aside: Path,
    console: Console,
    verbose: bool,
) -> tuple[Built, ...]:
    """Do what was `asked` in the folder `aside`."""
    recipe, output, build_platform = asked.recipe, asked.output, native()
    rendered = recipes.render(recipe, build_platform, target)
    files.check_writable(output, "the output folder")
    names = ", ".join(dict.fromkeys(out.name for out in rendered.outputs)) or "nothing"
    console.say(f"building {names} on {build_platform.subdir} for {target.subdir}")
    console.say(f"  engine   {asked.engine}")
    console.say(f"  channel  {channel.name}")
    for name in rendered.skipped:
        console.say(f"  skipped  {name}: the recipe says so for {target.subdir}")
    if not rendered.outputs:
        return ()
    channels = [channel]
    outputs.complete(output, console.say)
    outputs.mend(output, console)
    sources = [source for out in rendered.outputs for source in out.sources]
    before = up_to_date.look(asked, sources)
    if any(output.glob("*/repodata.json")):
        channels.insert(0, select.in_folder(output, str(output)))
    request = Request(
        recipe,
        build_platform,
        target,
        tuple(one.url for one in channels),
        asked.test,
        aside / "work",
    )
    console.doing("getting the packages that it needs")
    request = replace(
        request,
        packages=_prepare(rendered, request, channels),
        scripts=speed.scripts(
            aside / "scripts",
            rendered,
            build_platform,
            [channel],
            # A name that another build has now is no name that the next one will have.
            steady=engine.steady and aside.name.endswith(_name(recipe, target)),
        ),
    )
    request.scratch.mkdir()
    watch = _Watch(console, verbose)
    with tidying.Tidying(request.scratch, [out.name for out in rendered.outputs]) as tidy:

        def on_event(event: Event | Note) -> None:
            watch.on_event(event)
            tidy.on_event(event)

        with _loading():
            outcome = engine.build(request, on_event)
        if outcome.failure:
            raise _error(outcome, rendered, request, channels, output)
        watch.end()
        built = _collect(request.scratch, watch)
        made = _made(built)
        console.doing("putting the packages into the channel")
        tidy.remove((*request.scratch.glob("bld/*/*"), request.scratch / "test"))
        outputs.publish(list(built), output, console)
        own = {*(out.name for out in rendered.outputs), *rendered.skipped}
        unneeded = own - _needed(rendered, request)
        up_to_date.record(asked, before, sources, made, unneeded)
    console.rest()
    console.say()
    if not built:
        console.say(f"nothing was built: the recipe skips {names} for {target.subdir}")
        return ()
    console.say(as_table(tuple(built.values())))
    return tuple(built.values())


_BEGUN = 0.2
"""Seconds until an engine that was given its work has begun."""
_AT_THE_END = ("rattler.index", "crosscraft.inspection.conda_file")


@contextmanager
def _loading() -> Iterator[None]:
    """Load what is needed at the end, while another process does the work; once it has begun."""

    def load() -> None:
        for name in _AT_THE_END:
            with suppress(Exception):  # who needs it will hear of it
                import_module(name)

    timer = threading.Timer(_BEGUN, load)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _name(recipe: Path, target: Platform) -> str:
    """What the folder is called that `recipe` is built in for `target`, if it is free.

    The same each time: what a build is told of its own paths is then what it was told before.
    """
    return hashlib.sha256(f"{recipe.absolute()}\0{target.subdir}".encode()).hexdigest()[:8]


def as_table(built: Sequence[Built]) -> str:
    """Return what was built as rows of text."""
    rows = [
        (b.package, b.subdir, megabytes(b.size), "kept" if b.kept else f"{b.seconds:.1f} s")
        for b in built
    ]
    return table(rows, ("package", "subdir", "size", "time"), right=(2, 3))


def _say_up_to_date(made: Sequence[up_to_date.Made], console: Console) -> tuple[Built, ...]:
    built = tuple(_built(Path(one.path), one.size, one.seconds, kept=True) for one in made)
    names = dict.fromkeys(one.package.rsplit("-", 2)[0] for one in built)  # not each variant
    said = (
        "is up to date: nothing that it is made from has changed since it was built"
        if len(names) == 1
        else "are up to date: nothing that they are made from has changed since they were built"
    )
    console.say(f"{' and '.join(names)} {said}")
    console.say()
    console.say(as_table(built))
    return built


class _Watch:
    """Shows the engine's events, and takes the time of each output."""

    def __init__(self, console: Console, verbose: bool) -> None:
        self.console = console
        self.verbose = verbose
        self.seconds: dict[str, float] = {}
        self._phase: dict[str, str] = {}
        self._since = time.monotonic()

    def on_event(self, event: Event | Note) -> None:
        if isinstance(event, Note):
            self.console.say(f"  {event.title:7}  {event.text}")
            return
        if event.output not in self._phase:
            self.end()
        if self._phase.get(event.output) != event.phase:
            self._phase[event.output] = event.phase
            self.console.step(f"  {event.output}: {_TITLES[event.phase]}")
        if event.total:
            self.console.within(event.done, event.total)
        if event.line and self.verbose:
            self.console.say(f"    {event.line}")

    def end(self) -> None:
        """Stop the clock of the output that was last begun."""
        now = time.monotonic()
        if self._phase:
            self.seconds[next(reversed(self._phase))] = now - self._since
        self._since = now


_TITLES = {
    "environments": "installing its build and host environments",
    "configure": "configuring",
    "compile": "building",
    "install": "installing and packing",
    "test": "testing",
}


def _collect(made: Path, watch: _Watch) -> dict[Path, Built]:
    """What was built, in order, by its file."""
    order = list(watch.seconds)
    packages = _packages(made)
    names = {path: path.name.rsplit("-", 2)[0] for path in packages}
    packages.sort(key=lambda path: order.index(names[path]) if names[path] in order else len(order))
    return {
        path: _built(path, path.stat().st_size, watch.seconds.get(names[path], 0.0))
        for path in packages
    }


def _made(built: Mapping[Path, Built]) -> list[up_to_date.Made]:
    return [
        up_to_date.Made(f"{b.subdir}/{path.name}", b.size, b.seconds, files.sha256(path))
        for path, b in built.items()
    ]


def _built(path: Path, size: int, seconds: float, kept: bool = False) -> Built:
    return Built(path.name.removesuffix(".conda"), path.parent.name, size, seconds, kept)


def _packages(made: Path) -> list[Path]:
    """What was built, without what failed a test."""
    return [path for path in made.glob("*/*.conda") if path.parent.name != "broken"]


def _prepare(rendered: Rendered, request: Request, channels: Sequence[Channel]) -> tuple[Path, ...]:
    """Get the packages that the engine will want, compared with their checksums.

    The engine believes whatever lies in a folder. What cannot be solved here it will explain.

    :raises DownloadError: if one is not what its index promises.
    """
    own = {output.name for output in rendered.outputs}
    found: dict[str, Wanted] = {}

    def solve(specs: Iterable[str], platform: Platform) -> list[Wanted]:
        wanted = frozenset(spec for spec in specs if spec.split()[0] not in own)
        return solved(wanted, platform)

    @cache  # the outputs of a recipe need much the same
    def solved(specs: frozenset[str], platform: Platform) -> list[Wanted]:
        if not specs:
            return []
        asked = sorted(specs)
        packages = install.needed(asked, platform, channels, glibc="2.99", without=own) or ()
        found.update({package.url: package for package in packages})
        named = {spec.split()[0] for spec in asked}
        return [package for package in packages if package.name in named]

    for output in rendered.outputs:
        build = solve(output.build_specs, request.build)
        strong = [spec for one in build for spec in store.exports(one, "strong")]
        host = solve([*output.host_specs, *strong], request.target)
        weak = [spec for one in host for spec in store.exports(one, "weak")]
        solve([*output.run_specs, *strong, *weak], request.target)  # where its tests run
    return tuple(store.place(package) for package in found.values())


def _needed(rendered: Rendered, request: Request) -> set[str]:
    """The names of the packages that were installed for a build, as far as they can be known."""
    solved = {path.name.rsplit("-", 2)[0] for path in request.packages}
    pinned = {name for out in rendered.outputs for names in out.pins.values() for name in names}
    asked = {
        re.split(r"[\s=<>!~\[]", spec.rsplit("::")[-1], maxsplit=1)[0]
        for out in rendered.outputs
        for spec in (*out.build_specs, *out.host_specs, *out.run_specs)
    }
    return solved | pinned | asked


def _error(
    outcome: Outcome,
    rendered: Rendered,
    request: Request,
    channels: Sequence[Channel],
    output: Path,
) -> CrosscraftError:
    """What a failure means, for people."""
    assert outcome.failure is not None
    if outcome.failure.kind == "dependencies":
        _explain_dependencies(rendered, request, channels)
    broken = install.channel_error(outcome.failure.text, channels)
    if broken:
        return broken
    urls = [one.url for one in channels]
    failure = replace(outcome.failure, text=conceal(outcome.failure.text, urls))
    return failures.failed(replace(outcome, failure=failure), rendered, request.target, output)


def _explain_dependencies(
    rendered: Rendered, request: Request, channels: Sequence[Channel]
) -> None:
    """Find out which requirement the channel cannot satisfy, and say so.

    The engine says only that it could not. An environment that can be solved is installed
    too: a disk that is full, or a package that is not whole, shows then.

    :raises InstallError: with the name.
    :raises ChannelError: if the channel does not answer.
    """
    own = {output.name for output in rendered.outputs}
    for output in rendered.outputs:
        for specs, platform, kind in (
            (output.build_specs, request.build, "build"),
            (output.host_specs, request.target, "host"),
        ):
            wanted = [spec for spec in specs if spec.split()[0] not in own]
            try:
                install.solve(wanted, platform, channels, glibc="2.99")
            except InstallError as error:
                error.what = f"{output.name} needs, in its {kind} environment: {error.what}"
                raise
            install.create(wanted, platform, channels, glibc="2.99")
