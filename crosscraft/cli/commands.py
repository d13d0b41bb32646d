"""The commands. They only parse, call and print."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscraft.building import templates
from crosscraft.building.engines.available import VARIABLE as ENGINE_VARIABLE
from crosscraft.cli import channel as channel_commands
from crosscraft.cli import completion as completions
from crosscraft.cli import help, paths
from crosscraft.cli import room as rooms
from crosscraft.cli import shell as shells
from crosscraft.errors import CommandError
from crosscraft.paths import __version__
from crosscraft.text import printable

if TYPE_CHECKING:
    from crosscraft.building.engines.interface import Test
    from crosscraft.platforms import Platform

__all__ = ["cli"]

_TARGET = click.option(
    "--target-platform",
    "-t",
    metavar="PLATFORM",
    multiple=True,
    shell_complete=completions.platforms,
    help="Build for PLATFORM: linux-aarch64 for example, several with commas between, or all "
    "[this machine's platform].",
)
_PROJECT = click.option(
    "--project",
    "-p",
    metavar="DIR",
    default=".",
    type=paths.FOLDER,
    help="The project folder with recipe/recipe.yaml [the current folder].",
)
_OUTPUT_DIR = partial(
    click.option,
    *("--output-dir", "-o"),
    metavar="DIR",
    default="output",
    type=paths.FOLDER,
    show_default=True,
)
_CHANNEL = partial(
    click.option,
    *("--channel", "-c"),
    metavar="CHANNEL",
    shell_complete=completions.channels,
)
_REPORT = "Write a report to attach when you ask for help [crosscraft-report.txt]."
_SEATS = "Try a room: run lesson 00 with N kernels at once, and show what that takes."


def _targets(given: Sequence[str]) -> tuple[Platform, ...]:
    from crosscraft import platforms

    return platforms.selection(",".join(given)) if given else (platforms.native(),)


@click.group(
    cls=help.InOrder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
)
@click.version_option(__version__, prog_name="crosscraft")
def cli() -> None:
    """Learn to cross-compile Python packages by doing it."""


@cli.command(short_help="Start a project of your own.")
@click.argument("name", metavar="NAME")
@click.option(
    "--template",
    metavar="TEMPLATE",
    default=templates.DEFAULT,
    shell_complete=completions.templates,
    help=f"Start from TEMPLATE: {', '.join(templates.names())} [{templates.DEFAULT}].",
)
@click.option(
    "--into",
    metavar="DIR",
    default=".",
    type=paths.FOLDER,
    help="Make the project's folder in DIR [the current folder].",
)
def new(name: str, template: str, into: str) -> None:
    """Start a project NAME that builds, with its tests, types, recipe and CI.

    NAME is the Python module, the package and the folder: geo_tools for example.
    """
    from crosscraft.building import new as projects

    print(projects.next_steps(projects.create(name, template, Path(into))))


@cli.command(short_help="Build a recipe into conda packages.")
@_TARGET
@_OUTPUT_DIR(help="Put the packages into the channel in DIR.")
@_PROJECT
@_CHANNEL(
    help="Use CHANNEL for dependencies: local, conda-forge, a URL or a folder [the recorded one]."
)
@click.option(
    "--engine",
    metavar="ENGINE",
    envvar=ENGINE_VARIABLE,
    shell_complete=completions.engines,
    help="Build with ENGINE: py-rattler-build, rattler-build or pixi [py-rattler-build].",
)
@click.option(
    "--test",
    type=click.Choice(["native", "skip"]),
    default="native",
    show_default=True,
    help="Run the tests that can run on this machine, or skip all tests.",
)
@click.option(
    "--show-commands",
    is_flag=True,
    help="Before the build, show the lines for rattler-build and pixi that do the same.",
)
@click.option("--guess", is_flag=True, help="If the build fails, let you guess which trap it is.")
@click.option("--verbose", "-v", is_flag=True, help="Show the whole log.")
def build(
    target_platform: tuple[str, ...],
    output_dir: str,
    project: str,
    channel: str | None,
    engine: str | None,
    test: str,
    show_commands: bool,
    guess: bool,
    verbose: bool,
) -> None:
    """Build a recipe into conda packages, for this machine or another processor.

    CROSSCRAFT_ENGINE=ENGINE chooses the engine of all builds, as --engine does for one.
    CCACHE_DISABLE=1 disables the compiler cache.
    CROSSCRAFT_ALLOW_HTTP=1 allows channels of other machines over plain http.
    """
    from crosscraft.building import build as builds
    from crosscraft.building import many
    from crosscraft.building.engines import available
    from crosscraft.channel import select
    from crosscraft.system.console import Console

    targets = _targets(target_platform)
    chosen = available.choose(engine)
    source = select.choose(channel)
    tests: Test = "skip" if test == "skip" else "native"
    folder, output = Path(project), Path(output_dir)
    if len(targets) == 1 and select.missing_targets(source, targets):
        raise select.missing_error(targets)
    requests = [
        builds.BuildRequest(
            folder, target, output, source, chosen, tests, verbose, show_commands, not guess
        )
        for target in targets
    ]
    with Console() as console:
        if len(requests) == 1:
            builds.build(requests[0], console)
        else:
            many.build(requests, console)


@cli.command(short_help="Show what a recipe would build, without building it.")
@_TARGET
@_PROJECT
def render(target_platform: tuple[str, ...], project: str) -> None:
    """Show what a recipe would build for one or more platforms, without building it."""
    from crosscraft import platforms
    from crosscraft.building import recipe as projects

    targets = _targets(target_platform)
    recipe = projects.find_recipe(Path(project))
    for target in targets:
        rendered = projects.render(recipe, platforms.native(), target)
        if len(targets) > 1:
            print(f"{'' if target is targets[0] else chr(10)}for {target.subdir}:")
        print(projects.as_text(rendered, target), end="")


@cli.command(
    short_help="Run a command in an environment, with an emulator if necessary.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option(
    "--platform",
    metavar="PLATFORM",
    shell_complete=completions.platforms,
    help="The platform of the environment [this machine's platform].",
)
@click.option(
    "--with",
    "-w",
    "with_",
    metavar="PACKAGE",
    shell_complete=completions.packages,
    multiple=True,
    help="Install PACKAGE, a match spec. The option can be repeated [python].",
)
@_CHANNEL(multiple=True, help="Search CHANNEL first. The option can be repeated.")
@_OUTPUT_DIR(help="Search the project's own channel in DIR next.")
@click.option("--quiet", "-q", is_flag=True, help="Print only the output of the command.")
@click.argument(
    "command",
    nargs=-1,
    required=True,
    type=click.UNPROCESSED,
    shell_complete=completions.files,
)
def run(
    platform: str | None,
    with_: tuple[str, ...],
    channel: tuple[str, ...],
    output_dir: str,
    quiet: bool,
    command: tuple[str, ...],
) -> None:
    """Run a command in an environment, with an emulator for another processor.

    Everything after -- is the command. Its output and exit status are passed on unchanged.
    Messages of crosscraft go to stderr. The command gets your variables, except secrets.
    """
    from crosscraft import platforms
    from crosscraft.channel import select
    from crosscraft.environments import emulate, install
    from crosscraft.system.console import Console

    target = platforms.native() if platform is None else platforms.lookup(platform)
    channels = [select.choose(name) for name in channel]
    console = Console(sys.stderr, steps_alone=True)
    output = Path(output_dir)
    if any(output.glob("*/repodata.json")):
        channels.append(select.in_folder(output, output_dir))
    channels.append(select.choose())
    if not channel and select.missing_targets(channels[-1], [target]):
        raise select.missing_error([target])
    specs = list(with_) or ["python"]

    def say(text: str) -> None:
        if not quiet:
            console.say(f"crosscraft: {text}")

    say(f"{', '.join(specs)} for {target.subdir}, from {', '.join(c.name for c in channels)}")
    with console:
        if not quiet:
            console.quiet_step(f"installing for {target.subdir}")
        emulator = emulate.find(target, channels)
        glibc = emulator.glibc if emulator else None
        env = install.create(
            specs,
            target,
            channels,
            glibc=glibc,
            on_wait=say,
            on_progress=None if quiet else console.progress,
        )
    argv = emulate.command(env, command, emulator)
    if emulator:
        say(f"emulating {target.processor} with {emulator.program.name}")
    sys.stdout.flush()
    try:
        os.execvpe(argv[0], argv, emulate.variables(env))
    except OSError as error:
        # The interpreter of a script is missing, or the file is not a program.
        raise CommandError(
            f"{command[0]!r} cannot be run: {(error.strerror or str(error)).lower()}",
            looked=argv[0],
            remedy="Use a program for this machine, or a script whose first line names an "
            "existing interpreter.",
        ) from None


cli.add_command(shells.shell)
cli.add_command(channel_commands.channel)
cli.add_command(rooms.room)


@cli.command(short_help="Show what packages and binaries contain.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=paths.FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/inspect-json.md).")
@click.option("--verify", is_flag=True, help="Exit with status 1 if a verdict is no.")
def inspect(files: tuple[str, ...], as_json: bool, verify: bool) -> None:
    """Inspect packages (.conda, .tar.bz2), binaries (ELF) and static libraries (.a).

    A page of the site shows the same verdicts in a browser, with nothing installed
    (docs/inspect-in-a-browser.md).
    """
    from crosscraft.views.report import report as printed

    sys.exit(printed(files, as_json, verify))


@cli.command(short_help="Find traps in a project, a log or a package.")
@click.argument("paths_", nargs=-1, metavar="[PROJECT|LOG|PACKAGE]...", type=paths.FILE)
@click.option(
    "--platform",
    metavar="PLATFORM",
    multiple=True,
    shell_complete=completions.platforms,
    help="Check a project for PLATFORM. The option can be repeated [linux-aarch64].",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Print text, JSON, or annotations for GitHub's Actions.",
)
def check(paths_: tuple[str, ...], platform: tuple[str, ...], format_: str) -> None:
    """Find the traps of cross-compiling in projects, logs of builds, and packages.

    A project is a folder [the current one]. The exit status is 0 if nothing was found, 1 if a trap
    was found, and 2 if something could not be read.
    """
    from crosscraft.building.check import check as checks
    from crosscraft.views.findings import FORMATS

    targets = checks.targets(platform)
    checked = [checks.check(Path(path), targets) for path in paths_ or (".",)]
    findings = [finding for each in checked for finding in each.findings]
    unread = [error for each in checked for error in each.unread]
    print(FORMATS[format_](findings), end="", flush=True)
    for error in unread:
        print(f"crosscraft: {printable(str(error))}", file=sys.stderr)
    sys.exit(2 if unread else min(1, len(findings)))


@cli.command(short_help="Check this machine for missing parts.")
@click.option("--verbose", "-v", is_flag=True, help="Show the versions and paths that were found.")
@click.option("--report", metavar="[FILE]", is_flag=False, flag_value="", help=_REPORT)
@click.option("--seats", metavar="N", type=click.IntRange(1, 200), help=_SEATS)
def doctor(verbose: bool, report: str | None, seats: int | None) -> None:
    """Check this machine, and show what to do about anything that is missing.

    The last line is one to send to an instructor. It has no name, path or address.
    """
    if seats is not None:
        if report is not None or verbose:
            raise click.UsageError("--seats excludes --report and --verbose.")
        from crosscraft.setup import rehearsal

        sys.exit(rehearsal.report(seats))
    from crosscraft.setup import doctor as checks
    from crosscraft.setup import report as reports

    sys.exit(checks.report(verbose) if report is None else reports.write(report))


@cli.command("answer-key", short_help="Build, check and run the finished package.")
def answer_key() -> None:
    """Build the finished package for both processors, check it, and run it on both."""
    from crosscraft.lessons import answer_key as key
    from crosscraft.system.console import Console

    with Console() as console:
        key.run_all(console)


@cli.command(short_help="Make one file that sets up another machine without a network.")
@click.argument("file", default="crosscraft-bundle.tar", type=paths.FILE)
def bundle(file: str) -> None:
    """Write the repository, the local channel and all wheels to FILE [crosscraft-bundle.tar].

    `make lab BUNDLE=FILE` sets up another machine of this kind from it, without a network.
    """
    from crosscraft.setup import make_bundle
    from crosscraft.system.console import Console

    with Console() as console:
        make_bundle.make(Path(file), console)


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def lab(options: tuple[str, ...]) -> None:
    """Open JupyterLab on the welcome page. OPTIONS are those of `jupyter lab`."""
    from crosscraft.jupyter import lab as jupyter

    jupyter.start(options)


@cli.command(short_help="Let bash, zsh or fish complete crosscraft with the Tab key.")
@click.argument("shell", type=click.Choice(completions.SHELLS))
def completion(shell: str) -> None:
    """Print the script that lets a shell complete crosscraft with the Tab key.

    It completes commands, options, platforms, engines, channels, packages and files. crosscraft
    must be on PATH. In a clone, `source .venv/bin/activate` puts it there.

    To have completion in every new shell, write the script to the file

    \b
      ~/.local/share/bash-completion/completions/crosscraft  for bash
      ~/.zfunc/_crosscraft                                   for zsh
      ~/.config/fish/completions/crosscraft.fish             for fish

    zsh reads that file if ~/.zshrc has `fpath+=~/.zfunc` before `autoload -U compinit; compinit`.
    """
    print(completions.script(cli, shell), end="")
