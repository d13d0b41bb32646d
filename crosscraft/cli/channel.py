"""The command line's part for channels: parse, call, print; nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from crosscraft.cli import completion, help, paths

__all__ = ["channel"]


@click.group(cls=help.InOrder, short_help="The local conda channel, or another to use.")
def channel() -> None:
    """The local conda channel: make it, list it, find it, or use another."""


@channel.command("build", short_help="Make the local channel, unless it is there.")
@click.option(
    "--platform",
    metavar="PLATFORM",
    shell_complete=completion.platforms,
    help="A platform to have packages for besides those of the series: linux-s390x say, "
    "several with commas, or all.",
)
def channel_build(platform: str | None) -> None:
    """Make the local channel from the machine's Debian mirror and PyPI, unless it is there.

    With --platform, add what that platform needs. Packages that are there are not made again.
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
    """List the packages of the local channel, and where each came from."""
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
    """Print the path of the local channel, and nothing else."""
    from crosscraft.channel import local

    print(local.find())


@channel.command("use", short_help="Record NAME as the channel to use.")
@click.argument("name", shell_complete=completion.channels)
def channel_use(name: str) -> None:
    """Record NAME (local, conda-forge, a URL or a folder) as the channel to use."""
    from crosscraft import platforms
    from crosscraft.channel import select
    from crosscraft.environments import install
    from crosscraft.system import files, settings

    chosen = select.choose(name)
    install.solve(["python"], platforms.native(), [chosen])
    settings.record_channel(name)
    files.discard_obsolete()
    print(f"using the channel {chosen.name}")


@channel.command("import", short_help="Take over a local channel from another machine.")
@click.argument("folder", type=paths.FOLDER)
def channel_import(folder: str) -> None:
    """Take over the local channel in FOLDER, made on another machine of this kind.

    It is copied into the user's cache, by its checksums, unless it is there.
    """
    from crosscraft.channel import imported
    from crosscraft.system.console import Console

    with Console() as console:
        path = imported.import_channel(Path(folder), console)
        console.say(f"the local channel is ready: {path}")
