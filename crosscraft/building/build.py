"""Build a project: render the recipe, fetch packages, build, collect and publish what came out.

The engine works in a temporary folder. Only whole packages reach the output folder, which is
indexed with them, so that it is a channel after every build.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crosscraft.building import compiler_cache, failures, requirements
from crosscraft.building import recipe as recipes
from crosscraft.building.engines.interface import Engine, Outcome, Request, Test
from crosscraft.building.recipe import Rendered
from crosscraft.building.watch import Watch
from crosscraft.channel import output as outputs
from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.environments import install
from crosscraft.errors import CrosscraftError
from crosscraft.platforms import Platform, native
from crosscraft.redact import redacted
from crosscraft.system import files, scratch
from crosscraft.system.console import Console
from crosscraft.text import megabytes, table

__all__ = ["BuildRequest", "Built", "as_table", "build"]

_PREFIX = "build-"
"""How the names of the temporary folders begin."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """A project to build."""

    project: Path
    """The folder that has the recipe."""
    target: Platform
    """What to build for."""
    output: Path
    """The channel that the packages go into."""
    channel: Channel
    """Where dependencies come from, after the output channel."""
    engine: Engine
    """What builds."""
    test: Test = "native"
    """Which of the recipe's tests to run."""
    verbose: bool = False
    """Whether to show the whole log."""


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


def build(asked: BuildRequest, console: Console) -> tuple[Built, ...]:
    """Build, and return what was built, in order.

    :raises RecipeError: if there is no recipe, or it does not parse.
    :raises InstallError: if the channels cannot satisfy its requirements.
    :raises BuildError: if its script or a test fails; the log is kept in the output folder.
    :raises StorageError: if the output folder cannot be written.
    """
    recipe = recipes.find_recipe(asked.project)
    rendered = recipes.render(recipe, native(), asked.target)
    files.check_writable(asked.output, "the output folder")
    _announce(asked, rendered, console)
    if not rendered.outputs:
        return ()
    outputs.index(asked.output, console.say)
    channels = _channels(asked)
    with scratch.folder(files.cache("builds"), _PREFIX) as folder:
        console.quiet_step("getting the packages that it needs")
        packages = requirements.fetch(rendered, native(), asked.target, channels)
        request = Request(
            recipe,
            native(),
            asked.target,
            tuple(channel.url for channel in channels),
            asked.test,
            folder / "work",
            packages,
            compiler_cache.script_folder(
                folder / "scripts", rendered, native(), [asked.channel], packages
            ),
        )
        request.scratch.mkdir()
        watch = Watch(console, asked.verbose)
        outcome = asked.engine.build(request, watch.on_event)
        watch.end()
        if outcome.failure:
            raise _error(outcome, rendered, request, channels, asked.output)
        built = _collect(request.scratch, watch.seconds)
        console.quiet_step("putting the packages into the channel")
        outputs.publish(list(built), asked.output, console)
    console.end_step()
    console.say()
    console.say(as_table(tuple(built.values())) if built else _nothing(asked, rendered))
    return tuple(built.values())


def as_table(built: Sequence[Built]) -> str:
    """Return what was built as rows of text."""
    rows = [(b.package, b.subdir, megabytes(b.size), f"{b.seconds:.1f} s") for b in built]
    return table(rows, ("package", "subdir", "size", "time"), right=(2, 3))


def _announce(asked: BuildRequest, rendered: Rendered, console: Console) -> None:
    """Say what will be built, with what."""
    target = asked.target.subdir
    console.say(f"building {_names(rendered)} on {native().subdir} for {target}")
    console.say(f"  engine   {asked.engine.name} {asked.engine.version()}")
    console.say(f"  channel  {asked.channel.name}")
    for name in rendered.skipped:
        console.say(f"  skipped  {name}: the recipe says so for {target}")


def _names(rendered: Rendered) -> str:
    return ", ".join(dict.fromkeys(output.name for output in rendered.outputs)) or "nothing"


def _nothing(asked: BuildRequest, rendered: Rendered) -> str:
    names = _names(rendered)
    return f"nothing was built: the recipe skips {names} for {asked.target.subdir}"


def _channels(asked: BuildRequest) -> list[Channel]:
    """The output channel, if it has an index, and the one that was asked for."""
    if any(asked.output.glob("*/repodata.json")):
        return [select.in_folder(asked.output, str(asked.output)), asked.channel]
    return [asked.channel]


def _collect(made: Path, seconds: dict[str, float]) -> dict[Path, Built]:
    """What was built, without what failed a test, by its file and in the order of `seconds`."""
    order = list(seconds)
    names = {
        path: path.name.rsplit("-", 2)[0]
        for path in made.glob("*/*.conda")
        if path.parent.name != "broken"
    }
    return {
        path: Built(
            path.name.removesuffix(".conda"),
            path.parent.name,
            path.stat().st_size,
            seconds.get(names[path], 0.0),
        )
        for path in sorted(
            names, key=lambda one: order.index(names[one]) if names[one] in order else len(order)
        )
    }


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
        requirements.explain(rendered, request.build, request.target, channels)
    broken = install.channel_error(outcome.failure.text, channels)
    if broken:
        return broken
    urls = [channel.url for channel in channels]
    failure = replace(outcome.failure, text=redacted(outcome.failure.text, urls))
    return failures.failed(replace(outcome, failure=failure), rendered, request.target, output)
