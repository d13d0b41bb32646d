"""Text for people: escaped, without credentials, and in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crosscraft.redact import redacted

__all__ = ["megabytes", "printable", "safe_lines", "table"]


def printable(text: str, keep: str = "") -> str:
    """Return `text` with control and invisible characters escaped.

    A file name in a package may clear the screen, or reverse the reading order.

    :param keep: characters to leave unescaped, such as a newline.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else _escape(char) for char in text)


def safe_lines(text: str) -> str:
    """Return lines that are safe to print on a terminal: escaped, and without credentials."""
    return printable(redacted(text), keep="\n\t")


def _escape(char: str) -> str:
    """Unlike the codec ``unicode_escape``, this accepts half of a surrogate pair."""
    return ascii(char)[1:-1]


def megabytes(size: int) -> str:
    """Return a size in bytes as people write it: ``97 kB``, ``3.3 MB`` (powers of ten)."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3))} kB"


def table(rows: Iterable[Sequence[str]], head: Sequence[str], right: Sequence[int] = ()) -> str:
    """Return rows in columns two spaces apart, below a header row.

    :param right: the right-aligned columns, counted from 0. They are at least eight characters
        wide, so that a table of sizes has the same width on every machine.
    """
    cells = [list(head), *(list(row) for row in rows)]
    widths = [
        max(8 if i in right else 0, *(len(row[i]) for row in cells)) for i in range(len(head))
    ]
    lines = (
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
    return "\n".join(lines)
