"""Blocks that notebooks and terminals can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosscraft.views.blocks import Block

if TYPE_CHECKING:
    from rich.console import Console as Terminal
    from rich.console import RenderableType

__all__ = ["Page", "terminal"]


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A value that is legible on a terminal, in a pipe and in a notebook."""

    blocks: tuple[Block, ...]
    """Its paragraphs and tables."""

    def __rich__(self) -> RenderableType:
        from crosscraft.views import text

        return text.draw(self.blocks)

    def __repr__(self) -> str:
        from crosscraft.views import text

        return text.plain(text.draw(self.blocks))

    def _repr_html_(self) -> str:
        from crosscraft.views import html

        return html.draw(self.blocks)


def terminal() -> Terminal:
    """Return rich's console for standard output. A closed pipe raises BrokenPipeError."""
    from rich.console import Console

    class Output(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would exit with status 1, as for a failure

    return Output()
