"""How the help reads: commands in the order of work, and each with examples to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import click

__all__ = ["EXAMPLES", "SECTIONS", "InOrder"]

SECTIONS: Sequence[tuple[str, Sequence[str]]] = (
    ("Learn", ("lab", "doctor")),
    ("Build", ("render", "build", "run", "inspect", "answer-key")),
    ("Set up", ("channel", "bundle", "completion")),
)
"""The commands in the order of work. One that is not here comes under "Others"."""

EXAMPLES: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType(
    {
        "": (
            ("crosscraft doctor", "is everything there?"),
            ("crosscraft build -t linux-aarch64", "build for another processor"),
            ("crosscraft COMMAND --help", "all about a command"),
        ),
        "build": (
            ("crosscraft build", "for this machine"),
            ("crosscraft build -t linux-aarch64", "for another processor"),
            ("crosscraft build -t linux-64,linux-aarch64", "for both, one after the other"),
            ("crosscraft build -p my_project -o out", "another project, another channel"),
        ),
        "render": (
            ("crosscraft render", "on this machine"),
            ("crosscraft render -t linux-aarch64", "and what is skipped there"),
        ),
        "run": (
            ("crosscraft run -- python -V", "this machine's Python"),
            ("crosscraft run --platform linux-aarch64 -- python -V", "another's, emulated"),
            ("crosscraft run --with cpp_math -- python", "with what you built"),
        ),
        "inspect": (
            ("crosscraft inspect output/*/*.conda", "packages"),
            ("crosscraft inspect --verify FILE", "for a script: status 1 if a verdict is no"),
            ("crosscraft inspect --json FILE", "for a program"),
        ),
        "doctor": (
            ("crosscraft doctor", "each thing with what to do about it"),
            ("crosscraft doctor --report", "a file to attach when you ask for help"),
        ),
        "bundle": (("crosscraft bundle room.tar", "then, there: make lab BUNDLE=room.tar"),),
        "channel": (
            ("crosscraft channel list", "what the local channel holds, from where"),
            ("crosscraft channel build --platform linux-s390x", "add a processor to it"),
            ("crosscraft channel use conda-forge", "build with that from now on"),
        ),
        "completion": (
            ("source <(crosscraft completion bash)", "in this bash; zsh likewise"),
            ("crosscraft completion fish | source", "in this fish"),
        ),
    }
)
"""By the words of a command: lines to copy, and what each is for."""

_WIDEST = 54
"""Columns of an example that still has its words beside it."""


class _WithExamples(click.Command):
    """A command whose help ends with its examples."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        words = " ".join(ctx.command_path.split()[1:])
        if examples := EXAMPLES.get(words):
            with formatter.section("Examples"):
                formatter.write_dl(examples, col_max=_WIDEST)


class InOrder(_WithExamples, click.Group):
    """A group that lists its commands in the order of work."""

    command_class = _WithExamples

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for names in self._sections(ctx).values() for name in names]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, names in self._sections(ctx).items():
            short = ((name, self.commands[name].get_short_help_str(200)) for name in names)
            with formatter.section(title):
                formatter.write_dl(list(short))

    def _sections(self, ctx: click.Context) -> dict[str, list[str]]:
        """The names of the commands by section. Those of a group within are as they were added."""
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
