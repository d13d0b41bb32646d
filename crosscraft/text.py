"""Text for people: escaped, without credentials, and laid out in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crosscraft.redact import redacted

__all__ = ["megabytes", "printable", "safe_lines", "table"]


def printable(text: str, keep: str = "") -> str:
    """Write what a terminal would obey, and what cannot be seen, as escapes.

    Names in a package are anyone's, and one could clear the screen or turn the reading order.

    :param keep: characters to leave as they are, such as a newline.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in keep else _escape(one) for one in text)


def safe_lines(text: str) -> str:
    """Return lines as they may go to a terminal: printable, and without credentials."""
    return printable(redacted(text), keep="\n\t")


def _escape(one: str) -> str:
    """``unicode_escape`` as a codec refuses half a pair, which file names of old may hold."""
    return ascii(one)[1:-1]


def megabytes(size: int) -> str:
    """Write a size in bytes for people: ``97 kB``, ``3.3 MB`` (powers of ten)."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3))} kB"


def table(rows: Iterable[Sequence[str]], head: Sequence[str], right: Sequence[int] = ()) -> str:
    """Lay out rows in columns two spaces apart, under a head.

    :param right: the columns, counted from 0, that are set flush right. They are at least
        eight wide, so that a table of sizes is as wide on every machine.
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
