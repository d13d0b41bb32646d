"""`crosscraft shell`. It only parses and calls."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click

from crosscraft.cli import completion, help, paths

__all__ = ["shell"]


@click.command(
    cls=help.WithExamples,
    short_help="Open a shell where a recipe's build script runs.",
    context_settings={"allow_interspersed_args": False},
)
@click.option(
    "--output",
    metavar="NAME",
    help="The output of the recipe: a package, or a staging output [the first one].",
)
@click.option(
    "--target-platform",
    "-t",
    metavar="PLATFORM",
    shell_complete=completion.platforms,
    help="Build for PLATFORM [this machine's platform].",
)
@click.option(
    "--project",
    "-p",
    metavar="DIR",
    default=".",
    type=paths.FOLDER,
    help="The project folder with recipe/recipe.yaml [the current folder].",
)
@click.option(
    "--output-dir",
    "-o",
    metavar="DIR",
    default="output",
    type=paths.FOLDER,
    show_default=True,
    help="Take other outputs of the recipe from the channel in DIR.",
)
@click.option(
    "--channel",
    "-c",
    metavar="CHANNEL",
    shell_complete=completion.channels,
    help="Use CHANNEL for dependencies: local, conda-forge, a URL or a folder [the recorded one].",
)
@click.option("--fresh", is_flag=True, help="Make the folder again, and keep the former as .old.")
@click.option("--quiet", "-q", is_flag=True, help="Print only the output of the command.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, shell_complete=completion.files)
def shell(
    output: str | None,
    target_platform: str | None,
    project: str,
    output_dir: str,
    channel: str | None,
    fresh: bool,
    quiet: bool,
    command: tuple[str, ...],
) -> None:
    """Open a bash where a recipe's build script runs, or run a command there.

    The build and host environments, the sources and the variables are those of a build. This is
    what `rattler-build debug` does. `bash conda_build.sh` runs the script, and `exit` leaves.

    Everything after -- is a command. Its output and exit status are passed on unchanged. Messages
    of crosscraft go to stderr. The folder stays: the same command returns to it as you left it, or
    makes it again if the recipe or its packages have changed.
    """
    from crosscraft import platforms
    from crosscraft.building import shell as shells
    from crosscraft.channel import select
    from crosscraft.system.console import Console

    target = platforms.native() if target_platform is None else platforms.lookup(target_platform)
    source = select.choose(channel)
    if select.missing_targets(source, [target]):
        raise select.missing_error([target])
    request = shells.ShellRequest(Path(project), target, output, Path(output_dir), source, fresh)
    with Console(io.StringIO() if quiet else sys.stderr, steps_alone=True) as console:
        start = shells.prepare(request, console)
    start.replace_process(command)
