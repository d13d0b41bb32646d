"""Views as text for a pipe: to the letter what :mod:`crosscraft.views.text` has rich draw.

Importing rich takes longer than most files take to inspect. Where nobody watches, there is
nothing that needs it but its table of the widths of characters. ``tests/views/test_piped.py``
holds the two together.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from rich.cells import cell_len, chop_cells, set_cell_size

from crosscraft.text import printable
from crosscraft.views.blocks import Block, Picture, Source, Table, Trouble, Words
from crosscraft.views.text import bars

__all__ = ["serves", "text", "width"]

_WIDTH = 80
_FORCING = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
"""Variables by which rich takes a pipe for a terminal."""


def serves(stream: TextIO) -> bool:
    """Whether `stream` is a pipe that takes UTF-8, which gets no colour and lines of its own."""
    plain = not stream.isatty() and not any(os.environ.get(name) for name in _FORCING)
    return plain and (stream.encoding or "").lower().startswith("utf")


def width() -> int:
    """Return the columns that a view may take: those of a terminal, if there is one near."""
    if (given := os.environ.get("COLUMNS", "")).isdigit() and int(given):
        return int(given)
    for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None and (found := os.get_terminal_size(stream.fileno()).columns):
                return found
        except (OSError, ValueError):
            continue
    return _WIDTH


def text(blocks: Iterable[Block], columns: int) -> str:
    """Return blocks as lines of at most `columns`, each with its end."""
    lines = (line for block in blocks for line in _block(block, columns))
    return "".join(
        (line if cell_len(line) <= columns else set_cell_size(line, columns)) + "\n"
        for line in lines
    )


def _block(block: Block, columns: int) -> Iterator[str]:
    match block:
        case Words(words):
            yield from _wrapped(printable(words), columns)
        case Trouble(words):
            yield from _wrapped(f"Error: {printable(words)}", columns)
        case Table():
            yield from _wrapped(printable(block.caption), columns)
            if not block.rows:
                yield from ("none", "")
                return
            rows = [
                [
                    ("> " if place == block.marked and not column else "") + printable(cell)
                    for column, cell in enumerate(row)
                ]
                for place, row in enumerate(block.rows)
            ]
            yield from (_told if block.prose else _drawn)(block, rows, columns)
            yield from _wrapped(f"{printable(block.note)}\n" if block.note else "", columns)
        case Picture():
            yield from _wrapped(printable(block.caption), columns)
            for line in bars(block):
                yield from _wrapped(line, columns)
            yield ""
        case Source():
            raise TypeError("what `crosscraft inspect` prints has no source text")


def _drawn(table: Table, rows: list[list[str]], columns: int) -> Iterator[str]:
    cells = [list(table.head), *rows]
    last = len(table.head) - 1
    pads = [(place > 0) + (place < last) for place in range(last + 1)]
    least = [
        pad + (0 if place in table.code else max(map(cell_len, title.split() or [""])))
        for place, (title, pad) in enumerate(zip(table.head, pads, strict=True))
    ]
    wanted = [
        max(map(cell_len, column)) + pad
        for column, pad in zip(zip(*cells, strict=True), pads, strict=True)
    ]
    room = columns - last
    widths = [max(min(want, room), low) for want, low in zip(wanted, least, strict=True)]
    if sum(widths) > room:
        narrow = _narrowed(widths, room)
        widths = [
            max(min(want, size), low) for want, size, low in zip(wanted, narrow, least, strict=True)
        ]
    for count, row in enumerate(cells):
        laid = [
            _wrapped(cell, width - pad) for cell, width, pad in zip(row, widths, pads, strict=True)
        ]
        height = max(map(len, laid))
        if count == 0:  # titles stand on the rule
            laid = [[""] * (height - len(lines)) + lines for lines in laid]
        for line in range(height):
            parts = []
            for place, (lines, size, pad) in enumerate(zip(laid, widths, pads, strict=True)):
                part = lines[line] if line < len(lines) else ""
                if place in table.right:
                    part = part.rstrip()
                    part = " " * (size - pad - cell_len(part)) + part
                parts.append(
                    " " * (place > 0) + set_cell_size(part, size - pad) + " " * (place < last)
                )
            yield " ".join(parts)
        if count == 0:
            yield "─" * (sum(widths) + last)


def _narrowed(widths: list[int], room: int) -> list[int]:
    """Take from the widest columns until the next widest is as wide, and so on."""
    while (excess := sum(widths) - room) > 0:
        widest = max(widths)
        second = max((width for width in widths if width != widest), default=0)
        most = min(excess, widest - second)
        sharing = widths.count(widest)
        narrowed = []
        for width in widths:
            taken = min(most, round(excess / sharing)) if width == widest else 0
            if width == widest:
                excess, sharing = excess - taken, sharing - 1
            narrowed.append(width - taken)
        widths = narrowed
    return widths


def _told(table: Table, rows: list[list[str]], columns: int) -> Iterator[str]:
    lines = [list(table.head[:-1]), *(row[:-1] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    fits = sum(widths) + 2 * len(widths) <= _WIDTH
    laid = [
        "  ".join(
            cell.rjust(width) if place in table.right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    if fits:
        yield from _wrapped(laid[0], columns)
    for place, row in enumerate(rows, 1):
        yield from _wrapped(laid[place] if fits else row[0], columns)
        if not fits:
            for title, cell in zip(table.head[1:-1], row[1:-1], strict=True):
                yield from _indented(f"{title}: {cell}", 2, columns)
        if row[-1]:
            yield from _indented(row[-1], 4, columns)


def _indented(words: str, by: int, columns: int) -> Iterator[str]:
    size = min(cell_len(words), columns - by)
    for line in _wrapped(words, size):
        yield " " * by + set_cell_size(line, size)


def _wrapped(words: str, columns: int) -> list[str]:
    """Break lines between words, and words where they must be."""
    return [part for line in words.split("\n") for part in _broken(line, max(columns, 1))]


def _broken(line: str, columns: int) -> Iterator[str]:
    begun, used = 0, 0
    for match in re.finditer(r"\s*\S+\s*", line):
        start, word = match.start(), match[0]
        length = cell_len(word.rstrip())
        if columns - used >= length:
            used += cell_len(word)
        elif length > columns:
            for part in (parts := chop_cells(word, columns)):
                if start:
                    yield _ended(line[begun:start], columns)
                    begun = start
                start += len(part)
            used = cell_len(parts[-1])
        elif used and start:
            yield _ended(line[begun:start], columns)
            begun, used = start, cell_len(word)
    yield _ended(line[begun:], columns)


def _ended(line: str, columns: int) -> str:
    """Take spaces off the end as far as they are beyond the last column."""
    beyond = cell_len(line) - columns
    spaces = len(line) - len(line.rstrip())
    return line[: len(line) - min(beyond, spaces)] if beyond > 0 and spaces else line
