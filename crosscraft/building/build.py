"""Build a project: render the recipe, fetch its requirements, build, collect and publish.

The engine works in a temporary folder. Only complete packages reach the output folder, which is
indexed again, so it is a channel after every build.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crosscraft.building import (
    by_hand,
    compiler_cache,
    engine_text,
    failures,
    pythons,
    requirements,
    variables,
)
from crosscraft.building import recipe as recipes
from crosscraft.building.engines.interface import Engine, Outcome, Request, Test
from crosscraft.building.recipe import Rendered
from crosscraft.building.variables import Secrets
from crosscraft.building.watch import Watch
from crosscraft.channel import names, select
from crosscraft.channel import output as outputs
from crosscraft.channel.select import Channel
from crosscraft.environments import solver
from crosscraft.errors import CrosscraftError, InstallError
from crosscraft.platforms import Platform, native
from crosscraft.redact import redacted
from crosscraft.system import files, scratch
from crosscraft.system.console import Console
from crosscraft.text import megabytes, table

__all__ = ["BuildRequest", "Built", "as_table", "build", "channels_of", "error_of"]

_PREFIX = "build-"
"""The prefix of the temporary folders' names."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """A project to build."""

    project: Path
    """The folder with the recipe."""
    target: Platform
    """The target platform."""
    output: Path
    """The output channel."""
    channel: Channel
    """The channel of the dependencies. The output channel comes before it."""
    engine: Engine
    """The program that builds."""
    test: Test = "native"
    """Which of the recipe's tests to run."""
    verbose: bool = False
    """Whether to show the whole log."""
    show_commands: bool = False
    """Whether to show the command lines that do the same with rattler-build and with pixi."""
    name_trap: bool = True
    """Whether to name the trap if the build fails with the message of one."""


@dataclass(frozen=True, slots=True)
class Built:
    """A package that was built."""

    package: str
    """``name-version-build``."""
    subdir: str
    """The folder of the package in the output channel."""
    size: int
    """In bytes."""
    seconds: float
    """From its first event to the first event of the next output, or to the end."""


def build(request: BuildRequest, console: Console) -> tuple[Built, ...]:
    """Build the project, and return its packages in the order in which they were built.

    :raises RecipeError: if there is no recipe, or the recipe does not parse.
    :raises InstallError: if the channels cannot satisfy the requirements.
    :raises BuildError: if a script or a test fails. The output folder keeps the log.
    :raises StorageError: if the output folder cannot be written.
    """
    recipe = recipes.find_recipe(request.project)
    rendered = recipes.render(recipe, native(), request.target)
    files.check_writable(request.output, "the output folder")
    lacking = pythons.missing(rendered, request.target, request.channel)
    rendered, left_out = pythons.without(rendered, lacking)
    secrets = Secrets.of([name for output in rendered.outputs for name in output.secrets])
    _announce(request, rendered, secrets, console)
    for line in left_out:
        console.say(f"  {line}")
    if not rendered.outputs:
        skipped, target = ", ".join(rendered.skipped), request.target.subdir
        console.say(f"nothing was built: the recipe skips {skipped} for {target}")
        return ()
    if request.show_commands:
        _show_commands(request, recipe, console)
    outputs.leave_out_of_sources(request.output, recipe)
    outputs.index(request.output, console.say)
    channels = channels_of(request.output, request.channel)
    with scratch.folder(files.cache("builds"), _PREFIX) as made:
        console.quiet_step("getting the packages that it needs")
        fetched = requirements.fetch(
            rendered, native(), request.target, channels, tests=request.test != "skip"
        )
        variants = made.path / "variants.yaml" if lacking else None
        if variants:
            text = pythons.variants_without(recipe, native(), request.target, lacking)
            files.write(variants, text)
        engine_request = Request(
            recipe,
            native(),
            request.target,
            tuple(channel.url for channel in channels),
            request.test,
            made.path / "work",
            fetched.packages,
            compiler_cache.script_folder(
                made.path / "scripts", rendered, native(), [request.channel], fetched.compiled_with
            ),
            variants,
            variables=variables.values(rendered.variables) | secrets.given,
            held=(made.lock,),
        )
        engine_request.scratch.mkdir()
        watch = Watch(console, request.verbose, secrets.hidden)
        outcome = request.engine.build(engine_request, watch.on_event)
        watch.end()
        if outcome.failure:
            for _, log in outcome.logs:
                secrets.hide_in(log)
            text = secrets.hidden(outcome.failure.text)
            outcome = replace(outcome, failure=replace(outcome.failure, text=text))
            raise error_of(
                outcome, rendered, engine_request, channels, request.output, request.name_trap
            )
        built = _collect(engine_request.scratch, watch.seconds)
        secrets.check(list(built))
        console.quiet_step("putting the packages into the channel")
        outputs.publish(list(built), request.output, console)
    console.end_step()
    console.say()
    console.say(as_table(tuple(built.values())))
    return tuple(built.values())


def as_table(built: Sequence[Built]) -> str:
    """Return the packages as rows of text."""
    rows = [(b.package, b.subdir, megabytes(b.size), f"{b.seconds:.1f} s") for b in built]
    return table(rows, ("package", "subdir", "size", "time"), right=(2, 3))


def _announce(
    request: BuildRequest, rendered: Rendered, secrets: Secrets, console: Console
) -> None:
    """Print the outputs, the engine, the channel, and what is skipped, passed on or missing."""
    target = request.target.subdir
    console.say(f"building {_names(rendered)} on {native().subdir} for {target}")
    console.say(f"  engine   {request.engine.name} {request.engine.version()}")
    console.say(f"  channel  {request.channel.name}")
    for name, why in rendered.skipped.items():
        console.say(f"  skipped  {name}, by {why}")
    for line in secrets.described():
        console.say(f"  {line}")


def _show_commands(request: BuildRequest, recipe: Path, console: Console) -> None:
    """Print the command lines that do the same."""
    console.say("  by hand, with rattler-build or with pixi:")
    for line in by_hand.lines(
        request.project, recipe, request.target, request.output, request.channel, request.test
    ):
        console.say(f"    {line}")


def _names(rendered: Rendered) -> str:
    return ", ".join(dict.fromkeys(output.name for output in rendered.outputs)) or "nothing"


def channels_of(output: Path, channel: Channel) -> list[Channel]:
    """Return the output channel, if it has an index, and `channel`."""
    if any(output.glob("*/repodata.json")):
        return [select.in_folder(output, str(output)), channel]
    return [channel]


def _collect(made: Path, seconds: dict[str, float]) -> dict[Path, Built]:
    """Return the packages that passed their tests, by file and in the order of `seconds`."""
    order = {name: place for place, name in enumerate(seconds)}
    passed = (path for path in made.glob("*/*.conda") if path.parent.name != "broken")
    return {
        path: Built(
            path.stem,
            path.parent.name,
            path.stat().st_size,
            seconds.get(names.of_file(path)[0], 0.0),
        )
        for path in sorted(passed, key=lambda path: order.get(names.of_file(path)[0], len(order)))
    }


def error_of(
    outcome: Outcome,
    rendered: Rendered,
    request: Request,
    channels: Sequence[Channel],
    output: Path,
    name_trap: bool = True,
) -> CrosscraftError:
    """Return the error that a failure means, and which trap it is if `name_trap` is true."""
    assert outcome.failure is not None
    if outcome.failure.kind in ("dependencies", "test"):
        try:
            requirements.explain(
                rendered, outcome.failure, request.build, request.target, channels, request.scratch
            )
        except InstallError as error:
            raise (failures.name_trap(error, outcome) if name_trap else error) from None
    text = outcome.failure.text
    broken = None if engine_text.read(text) else solver.channel_error(text, channels)
    if broken:
        return broken
    urls = [channel.url for channel in channels]
    told = replace(outcome, failure=replace(outcome.failure, text=redacted(text, urls)))
    failed = failures.failed(told, rendered, request.target, output)
    return failures.name_trap(failed, told) if name_trap else failed
