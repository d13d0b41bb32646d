"""The subcommands of ``crosscraft channel``. They only parse, call and print."""

from __future__ import annotations

from pathlib import Path

import click

from crosscraft.cli import completion, help, paths

__all__ = ["channel"]


@click.group(cls=help.InOrder, short_help="Manage the local conda channel, or use another.")
def channel() -> None:
    """Make, extend, list, find or import the local conda channel, or use another channel."""


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


@channel.command("add", short_help="Add packages that set-up leaves out.")
@click.argument("names", metavar="NAME...", nargs=-1, shell_complete=completion.available)
@click.option(
    "--platform",
    metavar="PLATFORM",
    shell_complete=completion.platforms,
    help="Add packages for PLATFORM only: linux-aarch64 for example, several with commas between "
    "[each platform that the channel builds for].",
)
@click.option("--all", "everything", is_flag=True, help="Add every package.")
def channel_add(names: tuple[str, ...], platform: str | None, everything: bool) -> None:
    """Make the packages NAME and those that they depend on, and add them to the local channel.

    `crosscraft channel list --available` lists the names. Existing packages are not made again.
    """
    from crosscraft import platforms
    from crosscraft.channel import available, local, make
    from crosscraft.system.console import Console

    if bool(names) is everything:
        raise click.UsageError(
            "Give names, or --all alone. `crosscraft channel list --available` lists the names."
        )
    before = local.listing(local.find())
    only = () if platform is None else platforms.selection(platform)
    chosen = available.choose(names, before, only)
    with Console() as console:
        for note in chosen.notes:
            console.say(note)
        if not chosen.rows:
            return
        path = make.make_rows(chosen.rows, console)
        if added := sorted({one.name for one in local.listing(path) if one not in before}):
            console.say(f"added {', '.join(added)}. The local channel is ready: {path}")
        else:
            console.say(f"nothing had to be added. The local channel is ready: {path}")


@channel.command("list")
@click.option("--available", "addable", is_flag=True, help="List the packages that can be added.")
def channel_list(addable: bool) -> None:
    """List the packages of the local channel with their sources."""
    from crosscraft.channel import available, local
    from crosscraft.text import megabytes, table

    if addable:
        print(table(available.overview(), ("package", "version", "summary", "made for")))
        return
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
