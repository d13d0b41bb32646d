"""How the help of every command reads, to somebody who is new here."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest

from crosscraft.cli.commands import cli
from crosscraft.cli.help import EXAMPLES, SECTIONS


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from commands(one, (*words, name))


def find(words: tuple[str, ...]) -> tuple[click.Command, click.Context]:
    command: click.Command = cli
    context = click.Context(cli, info_name="crosscraft", **cli.context_settings)
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands[word]
        context = click.Context(command, parent=context, info_name=word, **command.context_settings)
    return command, context


ALL = sorted(commands(cli))
EVERY = pytest.mark.parametrize("words", ALL, ids=" ".join)


@EVERY
def test_it_fits_a_terminal_of_80_columns(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    command, context = find(words)
    text = command.get_help(context)
    assert text.startswith(f"Usage: crosscraft {' '.join(words)}".rstrip())
    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in text.split("\n\n", 1)[1], "a sentence is cut short"


@EVERY
def test_everything_has_its_sentence(words: tuple[str, ...]) -> None:
    command, _ = find(words)
    assert (command.help or "").split("\n\n")[0].rstrip().endswith(".")
    assert command.get_short_help_str(200).endswith(".")
    for param in command.params:
        if isinstance(param, click.Option):
            assert (param.help or "").rstrip(".").strip(), param.name
            assert param.is_flag or param.metavar != "TEXT"


def test_a_kind_of_value_has_one_name() -> None:
    metavars: dict[str, set[str | None]] = {}
    for words in ALL:
        for param in find(words)[0].params:
            if isinstance(param, click.Option):
                metavars.setdefault(max(param.opts, key=len), set()).add(param.metavar)
    assert all(len(names) == 1 for names in metavars.values()), metavars
    assert metavars["--platform"] == metavars["--target-platform"] == {"PLATFORM"}


def test_commands_are_in_a_section() -> None:
    listed = [name for _, names in SECTIONS for name in names]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(cli.commands)


@pytest.mark.parametrize("line", [line for rows in EXAMPLES.values() for line, _ in rows])
def test_an_example_is_a_command_that_is_there(line: str) -> None:
    line = line.removeprefix("source <(").split(")")[0].split("|")[0]
    program, *words = shlex.split(line)
    assert program == "crosscraft"
    if words[0] == "COMMAND":
        return
    command: click.Command = cli
    context = find(())[1]
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    command.make_context(command.name, words, parent=context)  # or it is a UsageError
