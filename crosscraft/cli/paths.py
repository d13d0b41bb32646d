"""Paths on the command line."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

__all__ = ["FILE", "FOLDER"]


class _Path(click.ParamType):  # type: ignore[type-arg]  # click before 8.4 has no type argument
    """A path that is not empty. A shell expands an unset variable to an empty argument, which as a
    path would mean the current folder."""

    def __init__(self, name: str) -> None:
        self.name = name
        """``file`` or ``dir``, for completion in the shell."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value:
            self.fail("it is empty, but must be a path.", param, ctx)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        return [CompletionItem(incomplete, type=self.name)]


FILE = _Path("file")
FOLDER = _Path("dir")
