"""The subcommands of ``crosscraft channel``. They only parse, call and print."""

from __future__ import annotations

from pathlib import Path

import click

from crosscraft.cli import completion, help, paths

__all__ = ["channel"]


@click.group(cls=help.InOrder, short_help="Manage the local conda channel, or use another.")
def channel() -> None:
    """Make, list, find or import the local conda channel, or use another channel."""


@channel.command("build", short_help="Make the local channel if it does not exist.")
@click.option(
    "--platform",
    metavar="PLATFORM",
    shell_complete=completion.platforms,
    help="Add packages for PLATFORM: linux-s390x for example, several with commas between, or all.",
)
def channel_build(platform: str | None) -> None:
    """Make the local channel from the machine's Debian mirror and PyPI if it does not exist.

    With --platform, add the packages for that platform. Existing packages are not made again.
    """
    from crosscraft import platforms
    from crosscraft.channel import make
    from crosscraft.system.console import Console

    more = () if platform is None else platforms.selection(platform)
    with Console() as console:
        path = make.make(console, more)
        console.say(f"the local channel is ready: {path}")


@channel.command("list")
def channel_list() -> None:
    """List the packages of the local channel with their sources."""
    from crosscraft.channel import local
    from crosscraft.text import megabytes, table

    rows = local.listing(local.find())
    shown = [(r.name, r.version, r.build, r.subdir, megabytes(r.size), r.sha256[:12]) for r in rows]
    print(table(shown, ("package", "version", "build", "subdir", "size", "sha256"), right=(4,)))
    print()
    sources = sorted(
        {
            (r.name, s["kind"], s["source"], s["name"], s["arch"], s["version"], s["sha256"])
            for r in rows
            for s in r.sources
        }
    )
    print(table(sources, ("package", "from", "source", "file of", "arch", "version", "sha256")))


@channel.command("path")
def channel_path() -> None:
    """Print the path of the local channel."""
    from crosscraft.channel import local

    print(local.find())


@channel.command("use", short_help="Record NAME as the channel to use.")
@click.argument("name", shell_complete=completion.channels)
def channel_use(name: str) -> None:
    """Record NAME (local, conda-forge, a URL or a folder) as the channel to use."""
    from crosscraft import platforms
    from crosscraft.channel import select
    from crosscraft.environments import solver
    from crosscraft.system import files, settings

    chosen = select.choose(name)
    solver.solve(["python"], platforms.native(), [chosen])
    settings.record_channel(name)
    files.discard_obsolete()
    print(f"using the channel {chosen.name}")


@channel.command("import", short_help="Copy a local channel from another machine.")
@click.argument("folder", type=paths.FOLDER)
def channel_import(folder: str) -> None:
    """Copy the local channel in FOLDER, which another machine of this kind has made.

    The channel is verified by its checksums and copied into the user's cache, if not there yet.
    """
    from crosscraft.channel import imported
    from crosscraft.system.console import Console

    with Console() as console:
        path = imported.import_channel(Path(folder), console)
        console.say(f"the local channel is ready: {path}")
