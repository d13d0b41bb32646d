"""Paths on the command line."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

__all__ = ["FILE", "FOLDER"]


class _Path(click.ParamType):  # type: ignore[type-arg]  # which click before 8.4 has none of
    """A path that is not empty. An empty one is what a shell makes of a variable that is not set,
    and as a path it would be the current folder."""

    def __init__(self, name: str) -> None:
        self.name = name
        """``file`` or ``dir``: what a shell is to complete."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value:
            self.fail("it is empty, and has to be a path.", param, ctx)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        return [CompletionItem(incomplete, type=self.name)]


FILE = _Path("file")
FOLDER = _Path("dir")
