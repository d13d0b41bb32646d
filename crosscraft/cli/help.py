"""The layout of the help: commands in the order of work, each with examples to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import click

__all__ = ["EXAMPLES", "SECTIONS", "InOrder", "WithExamples"]

SECTIONS: Sequence[tuple[str, Sequence[str]]] = (
    ("Learn", ("lab", "doctor")),
    ("Build", ("new", "render", "build", "shell", "run", "inspect", "check", "answer-key")),
    ("Teach", ("room",)),
    ("Set up", ("channel", "bundle", "completion")),
)
"""The commands in the order of work. Commands that are not listed here go under "Others"."""

EXAMPLES: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType(
    {
        "": (
            ("crosscraft doctor", "is everything there?"),
            ("crosscraft build -t linux-aarch64", "build for another processor"),
            ("crosscraft COMMAND --help", "show the options of a command"),
        ),
        "new": (
            ("crosscraft new geo_tools", "in the current folder"),
            ("crosscraft new geo_tools --template setuptools-c", "from another template"),
            ("crosscraft new geo_tools --into ~/src", "in another folder"),
        ),
        "build": (
            ("crosscraft build", "for this machine"),
            ("crosscraft build -t linux-aarch64", "for another processor"),
            ("crosscraft build -t linux-64,linux-aarch64", "for both, one after the other"),
            ("crosscraft build -p my_project -o out", "another project, another channel"),
            ("crosscraft build --show-commands", "and the lines to paste"),
        ),
        "render": (
            ("crosscraft render", "for this machine"),
            ("crosscraft render -t linux-aarch64", "for another processor"),
        ),
        "shell": (
            ("crosscraft shell", "for this machine"),
            ("crosscraft shell -t linux-aarch64", "for another processor"),
            ("crosscraft shell -- bash conda_build.sh", "run the build script"),
            ("crosscraft shell -- env", "the variables of a build"),
        ),
        "run": (
            ("crosscraft run -- python -V", "Python for this machine"),
            ("crosscraft run --platform linux-aarch64 -- python -V", "with an emulator"),
            ("crosscraft run --with cpp_math -- python", "with what you built"),
        ),
        "inspect": (
            ("crosscraft inspect output/*/*.conda", "packages"),
            ("crosscraft inspect --verify FILE", "exit with status 1 if a verdict is no"),
            ("crosscraft inspect --json FILE", "print JSON for a program"),
        ),
        "check": (
            ("crosscraft check", "the project in this folder"),
            ("crosscraft check build.log", "the log of a failed build"),
            ("crosscraft check --platform osx-arm64", "for another platform"),
        ),
        "doctor": (
            ("crosscraft doctor", "check everything"),
            ("crosscraft doctor --report", "write a file to attach when you ask for help"),
        ),
        "room": (
            ("crosscraft room /srv/crosscraft-room", "the room as it is now"),
            ("crosscraft room --watch", "again every few seconds"),
            ("crosscraft room --json", "print JSON for a program"),
        ),
        "bundle": (("crosscraft bundle room.tar", "then elsewhere: make lab BUNDLE=room.tar"),),
        "channel": (
            ("crosscraft channel list", "the packages and their sources"),
            ("crosscraft channel build --platform linux-s390x", "add a processor"),
            ("crosscraft channel add pip numpy", "add packages"),
            ("crosscraft channel use conda-forge", "use it from now on"),
        ),
        "channel add": (
            ("crosscraft channel list --available", "what can be added"),
            ("crosscraft channel add pip numpy", "for each platform of the channel"),
            ("crosscraft channel add numpy --platform linux-64", "for one platform"),
        ),
        "completion": (
            ("source <(crosscraft completion bash)", "in this bash or zsh"),
            ("crosscraft completion fish | source", "in this fish"),
        ),
    }
)
"""Example lines and their purposes, by the words of the command."""

_WIDEST = 54
"""The maximum width, in columns, of an example with its purpose on the same line."""


class WithExamples(click.Command):
    """A command whose help ends with examples."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        words = " ".join(ctx.command_path.split()[1:])
        if examples := EXAMPLES.get(words):
            with formatter.section("Examples"):
                formatter.write_dl(examples, col_max=_WIDEST)


class InOrder(WithExamples, click.Group):
    """A group that lists its commands in the order of work."""

    command_class = WithExamples

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for names in self._sections(ctx).values() for name in names]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, names in self._sections(ctx).items():
            short = ((name, self.commands[name].get_short_help_str(200)) for name in names)
            with formatter.section(title):
                formatter.write_dl(list(short))

    def _sections(self, ctx: click.Context) -> dict[str, list[str]]:
        """Return the names of the commands by section. Subgroups have only one section."""
        if ctx.parent:
            return {"Commands": list(self.commands)}
        sections = {
            title: [name for name in names if name in self.commands] for title, names in SECTIONS
        }
        listed = {name for names in sections.values() for name in names}
        if others := [name for name in self.commands if name not in listed]:
            sections["Others"] = others
        return sections


InOrder.group_class = InOrder
