"""The command lines that do the same as a build, for rattler-build and for pixi.

docs/engines.md explains them. Someone who has the two programs can paste the lines.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from crosscraft.building.engines.interface import Test
from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.platforms import Platform
from crosscraft.redact import redacted

__all__ = ["lines"]

_LOCAL = '"file://$(crosscraft channel path)"'
"""The local channel's address, for a shell. The text is the same on every machine."""


def lines(
    project: Path, recipe: Path, target: Platform, output: Path, channel: Channel, test: Test
) -> tuple[str, ...]:
    """Return the lines, to run in the current folder. A comment says what pixi needs first.

    :param project: the project's folder, as it was given.
    :param recipe: the absolute path of its recipe.
    """
    root = project.resolve()
    shown = project / recipe.relative_to(root) if recipe.is_relative_to(root) else recipe
    address = _LOCAL if select.is_local(channel) else shlex.quote(redacted(channel.url))
    for_target, into = f"--target-platform {target.subdir}", shlex.quote(str(output))
    path = "" if project == Path() else f" --path {shlex.quote(str(project))}"
    return (
        f"rattler-build build --recipe {shlex.quote(str(shown))} --channel {address} "
        f"{for_target} --test {test} --output-dir {into}",
        *_before_pixi(project, channel),
        f"pixi publish{path} {for_target} --target-channel {into} --force",
    )


def _before_pixi(project: Path, channel: Channel) -> tuple[str, ...]:
    """Return what has to be in pixi.toml, because pixi has no option for channels."""
    manifest = project / "pixi.toml"
    if not manifest.is_file():
        return ("# for pixi, first write a pixi.toml:",)
    if channel.url in manifest.read_text(encoding="utf-8", errors="replace"):
        return ()
    name = "local" if select.is_local(channel) else redacted(channel.name)
    return (f"# for pixi, first put the channel {name} into pixi.toml (docs/engines.md, By hand):",)
