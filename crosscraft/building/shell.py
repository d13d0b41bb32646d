"""A shell where a recipe's build script runs, for whoever debugs it.

The engine makes the environments and copies the sources, as for a build, and writes a script that
sets the variables (:mod:`crosscraft.building.engines.session`). bash reads that script first. The
variables and the folder are documented in docs/engines.md.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from crosscraft.building import (
    build,
    compiler_cache,
    pythons,
    requirements,
    shell_folder,
    shell_start,
    single_output,
    variables,
)
from crosscraft.building import recipe as recipes
from crosscraft.building.engines import session
from crosscraft.building.engines.embedded import Embedded
from crosscraft.building.engines.failures import classify
from crosscraft.building.engines.interface import Failure, Outcome, Request
from crosscraft.building.engines.session import Session
from crosscraft.building.recipe import Evaluated
from crosscraft.building.requirements import Fetched
from crosscraft.building.shell_folder import Made, ShellFolder
from crosscraft.building.shell_start import Start
from crosscraft.building.single_output import SingleOutput
from crosscraft.building.variables import Secrets
from crosscraft.channel.select import Channel
from crosscraft.environments import solver
from crosscraft.errors import InstallError
from crosscraft.platforms import Platform, native
from crosscraft.system import locks
from crosscraft.system.console import Console

__all__ = ["ShellRequest", "prepare"]


@dataclass(frozen=True, slots=True)
class ShellRequest:
    """A place to stand in."""

    project: Path
    """The folder with the recipe."""
    target: Platform
    """The target platform."""
    output: str | None
    """The output of the recipe, by its name, or the first one."""
    packages: Path
    """The output channel, which has what other outputs of the recipe made."""
    channel: Channel
    """The channel of the dependencies."""
    fresh: bool = False
    """Whether to make the folder again."""


def prepare(request: ShellRequest, console: Console) -> Start:
    """Make the place or return to it, report where it is, and return how to start a shell there.

    :raises RecipeError: if there is no recipe, or no such output.
    :raises InstallError: if the channels cannot satisfy the requirements.
    :raises BuildError: if the engine cannot make the place, or a shell is in a changed one.
    """
    recipe = recipes.find_recipe(request.project)
    evaluated, left_out = _evaluate(recipe, request)
    chosen = single_output.choose(evaluated, request.target, request.output)
    channels = build.channels_of(request.packages, request.channel)
    secrets = Secrets.of(chosen.output.secrets)
    _announce(request, chosen, [*left_out, *secrets.described()], console)
    _check_other_outputs(request, chosen, channels)
    folder = ShellFolder.of(request.project, chosen.name, request.target)
    shell_folder.sweep()
    with locks.lock(str(folder.path), console.say) as making:
        console.quiet_step("getting the packages that it needs")
        fetched = _fetch(request, evaluated, chosen, channels)
        engine_request = Request(
            recipe,
            native(),
            request.target,
            tuple(channel.url for channel in channels),
            "skip",
            folder.path,
            fetched.packages,
            variables=variables.values(evaluated.rendered.variables) | secrets.given,
            held=(making,),
        )
        fingerprint = _fingerprint(chosen, engine_request.packages)
        made = folder.made()
        state = "as you left it"
        if made is None or made.fingerprint != fingerprint or request.fresh:
            console.quiet_step("installing its build and host environments")
            state = f"new. The former is {folder.former.name}" if made else "new"
            made = _make(
                request, evaluated, chosen, folder, fingerprint, engine_request, fetched, channels
            )
        elif folder.scripts.exists():
            compiler_cache.keep(native(), [request.channel])
        held = folder.enter()
    console.end_step()
    console.say(f"  folder   {made.work}")
    console.say(f"           {state}")
    if changed := made.changed():
        console.say(f"  changed  {_listed(changed)}, since the copy. --fresh copies again")
    env = shell_start.environment(engine_request, folder.scripts, folder.start, secrets)
    return Start(Path(made.work), folder.start, env, held)


def _make(
    request: ShellRequest,
    evaluated: Evaluated,
    chosen: SingleOutput,
    folder: ShellFolder,
    fingerprint: str,
    engine_request: Request,
    fetched: Fetched,
    channels: Sequence[Channel],
) -> Made:
    """Make the folder, and return what it has."""
    with folder.emptied() as held:
        scripts = compiler_cache.script_folder(
            folder.scripts,
            evaluated.rendered,
            native(),
            [request.channel],
            fetched.compiled_with,
        )
        ready = replace(engine_request, scripts=scripts, held=(*engine_request.held, held))
        found = session.prepare(chosen.recipe, chosen.variant, ready)
        if isinstance(found, str):
            text = Secrets.of(chosen.output.secrets).hidden(found)
            failure = Failure(classify(text), text, chosen.output.name)
            alone = replace(evaluated.rendered, outputs=(chosen.output,))
            raise build.error_of(Outcome(failure, ()), alone, ready, channels, request.packages)
        return _finish(folder, fingerprint, found, chosen, ready)


def _evaluate(recipe: Path, request: ShellRequest) -> tuple[Evaluated, list[str]]:
    """Render the recipe, and return it without the Pythons that the channel lacks, and why."""
    found = recipes.evaluate(recipe, native(), request.target)
    lacking = pythons.missing(found.rendered, request.target, request.channel)
    kept, lines = pythons.without(found.rendered, lacking)
    pairs = zip(found.rendered.outputs, found.variants, strict=True)
    variants = tuple(variant for output, variant in pairs if output in kept.outputs)
    return Evaluated(kept, variants), lines


def _announce(
    request: ShellRequest, chosen: SingleOutput, notes: Sequence[str], console: Console
) -> None:
    console.say(
        f"{chosen.name} on {native().subdir} for {request.target.subdir}, "
        f"as {Embedded.name} {Embedded().version()} builds it"
    )
    if chosen.others:
        console.say(f"  outputs  {', '.join(chosen.others)}. Choose with --output")
    for line in notes:
        console.say(f"  {line}")


def _check_other_outputs(
    request: ShellRequest, chosen: SingleOutput, channels: Sequence[Channel]
) -> None:
    """Check that the channels have the required outputs of the same recipe."""
    for kind, spec in chosen.needs.items():
        platform = native() if kind == "build" else request.target
        if solver.unsatisfied([spec], platform, channels):
            raise InstallError(
                f"{chosen.name} needs {spec}, another output of this recipe, for {platform.subdir}",
                looked=f"the channels {', '.join(channel.name for channel in channels)}",
                remedy=f"Run `crosscraft build -t {platform.subdir}` first. If its packages are "
                "not in the folder output, name their folder with `--output-dir`.",
            )


def _fetch(
    request: ShellRequest,
    evaluated: Evaluated,
    chosen: SingleOutput,
    channels: Sequence[Channel],
) -> Fetched:
    """Fetch what a build of the recipe needs, and the other outputs that this one needs."""
    fetch = partial(requirements.fetch, channels=channels, tests=False)
    every = fetch(evaluated.rendered, native(), request.target)
    if not chosen.needs:
        return every
    alone = fetch(replace(evaluated.rendered, outputs=(chosen.output,)), native(), request.target)
    return replace(every, packages=tuple(dict.fromkeys((*every.packages, *alone.packages))))


def _fingerprint(chosen: SingleOutput, packages: Sequence[Path]) -> str:
    facts = [
        chosen.recipe, chosen.variant, sorted(path.name for path in packages),
        Embedded().version(), "CCACHE_DISABLE" in os.environ,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def _finish(
    folder: ShellFolder, fingerprint: str, found: Session, chosen: SingleOutput, ready: Request
) -> Made:
    """Write the script that bash reads first, and record that the folder is complete."""
    for prefix in (found.host_prefix, found.build_prefix):
        shell_folder.copy_texts(prefix)
    folder.start.write_text(shell_start.script(found.variables, chosen, ready))
    sources = [
        (ready.recipe.parent / source["path"]).resolve()
        for source in chosen.recipe["source"]
        if "path" in source and not source.get("target_directory")
    ]
    made = Made(
        fingerprint,
        str(found.work),
        str(found.host_prefix),
        str(found.build_prefix),
        shell_folder.copied(found.work, [source for source in sources if source.is_dir()]),
    )
    folder.finish(made)
    return made


def _listed(names: Sequence[str]) -> str:
    short = [Path(name).name for name in names[:3]]
    return ", ".join(short) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
