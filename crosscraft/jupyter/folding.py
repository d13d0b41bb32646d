"""The output of a ``%%bash`` cell: short names for two folders, and long output folded.

It is printed while the command runs if the notebook is open in a page. nbclient and nbval store
and compare only what a cell has in the end, and nbval knows no message that takes output back.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping

__all__ = ["Output", "as_html"]

_MOST = 20
"""The maximum number of lines that are shown whole."""
_FIRST, _LAST = 5, 10
"""The numbers of lines that are shown before and after the fold."""

_ERASED = re.compile(r"[^\n\b]\x08")
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Output:
    """The output of a cell, from its first character to its last."""

    def __init__(self, names: Mapping[str, str], live: bool) -> None:
        """:param names: the folders to show by another name.
        :param live: whether to print the output while it comes.
        """
        self._names = names
        self._live = live
        self._held = ""
        self._text = ""

    @property
    def text(self) -> str:
        """What has been shown so far."""
        return self._text

    def add(self, text: str) -> None:
        """Show `text`, apart from an end that may be the beginning of a folder's path."""
        text = self._held + text
        for folder, name in self._names.items():
            text = text.replace(folder, name)
        kept = len(text) - max((_begun(text, folder) for folder in self._names), default=0)
        self._held = text[kept:]
        self._show(text[:kept])

    def end(self) -> None:
        """Show the rest, and fold the output if it is long."""
        self._show(self._held)
        shown = _as_on_a_terminal(self._text)
        if len(shown.splitlines()) > _MOST:
            from IPython.display import clear_output, display

            if self._live:
                clear_output(wait=True)  # type: ignore[no-untyped-call]
            bundle = {"text/html": as_html(shown), "text/plain": _ESCAPE.sub("", shown)}
            display(bundle, raw=True)  # type: ignore[no-untyped-call]
        elif not self._live:
            print(self._text, end="", flush=True)

    def _show(self, text: str) -> None:
        self._text += text
        if self._live and text:
            print(text, end="", flush=True)


def as_html(text: str) -> str:
    """Return `text` as HTML, with all but the first and the last lines folded."""
    lines = text.splitlines()
    folded = len(lines) - _FIRST - _LAST
    parts = [lines[:_FIRST], lines[_FIRST : _FIRST + folded], lines[_FIRST + folded :]]
    first, middle, last = (f"<pre>{_coloured(chr(10).join(part))}</pre>" for part in parts)
    more = f"<details><summary>{folded} more lines</summary>{middle}</details>"
    # In a block of its own: JupyterLab gives a margin to texts at the top of an output alone.
    return f"<div>{first}\n{more}\n{last}</div>"


def _coloured(text: str) -> str:
    if "\x1b" not in text:
        return html.escape(text)
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, file=io.StringIO(), color_system="truecolor", width=10_000)
    console.print(Text.from_ansi(text), end="", soft_wrap=True)
    return console.export_html(inline_styles=True, code_format="{code}")


def _begun(text: str, folder: str) -> int:
    """Return the length of the longest end of `text` that `folder` starts with."""
    most = min(len(folder) - 1, len(text))
    return next((n for n in range(most, 0, -1) if text.endswith(folder[:n])), 0)


def _as_on_a_terminal(text: str) -> str:
    """Return what remains to be seen after backspaces and carriage returns."""
    while _ERASED.search(text):
        text = _ERASED.sub("", text)
    lines = (line.removesuffix("\r").rpartition("\r")[2] for line in text.split("\n"))
    return "\n".join(lines).replace("\b", "")
