"""Shell completion. `crosscraft completion` prints a script that calls us at every Tab.

The user waits for the result, so each completer imports only what it needs.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TypeAlias

import click
from click.shell_completion import CompletionItem, get_completion_class

from crosscraft.cli import paths

__all__ = [
    "SHELLS", "available", "channels", "engines", "files", "packages", "platforms", "script",
    "templates",
]  # fmt: skip

SHELLS = ("bash", "zsh", "fish")
"""The supported shells."""

_VARIABLE = "_CROSSCRAFT_COMPLETE"
"""The variable that requests completion. click derives it from the program's name."""

Items: TypeAlias = "list[CompletionItem[str]]"  # in quotes: click has the [str] since 8.5


def script(cli: click.Command, shell: str) -> str:
    """Return the script that makes `shell` complete ``crosscraft``."""
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(cli, {}, "crosscraft", _VARIABLE).source()


def platforms(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Complete names of platforms, with their processors, also after a comma in a list."""
    from crosscraft.platforms import PLATFORMS

    before, comma, last = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{name}", help=row.processor)
        for name, row in PLATFORMS.items()
        if name.startswith(last)
    ]


def engines(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Complete names of engines."""
    from crosscraft.building.engines.available import ENGINES

    return [CompletionItem(name) for name in ENGINES if name.startswith(incomplete)]


def templates(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Complete names of templates."""
    from crosscraft.building.templates import names

    return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


def channels(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Complete names of channels, or else folders."""
    known = {"local": "made on this machine", "conda-forge": "the public channel"}
    found = [CompletionItem(n, help=h) for n, h in known.items() if n.startswith(incomplete)]
    return found or paths.FOLDER.shell_complete(ctx, param, incomplete)


def available(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Complete names of packages that can be added to the local channel."""
    from crosscraft.channel import available

    found = {name: text for name, _, text, _ in available.overview() if name.startswith(incomplete)}
    return [CompletionItem(name, help=text) for name, text in found.items()]


def packages(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Complete names of packages in the output folder and in the local channel."""
    from crosscraft.channel import local, names
    from crosscraft.errors import CrosscraftError

    places = [Path(ctx.params.get("output_dir") or "output")]
    with contextlib.suppress(CrosscraftError):  # there may be no local channel yet
        places.append(local.find())
    files_ = (path for place in places for path in place.glob("*/*.conda"))
    found = sorted({names.of_file(path)[0] for path in files_})
    return [CompletionItem(name) for name in found if name.startswith(incomplete)]


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Leave the completion of files to the shell."""
    return paths.FILE.shell_complete(ctx, param, incomplete)
