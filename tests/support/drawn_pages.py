"""What a page shows of HTML, and of a stream below a cell."""

from __future__ import annotations

import html
import re

HOSTILE = "lib/<script>alert(1)</script>\x1b[2J\u202etxt.py"
"""A path that would run in a page, clear a terminal, and turn the reading order."""


def said(page: str) -> str:
    """What a page says: its texts, without tags, each blank one blank."""
    page = re.sub(r"<svg.*?</svg>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def drawn(text: str) -> str:
    """What JupyterLab makes of a stream: a carriage return leads back to the line's beginning,
    and a backspace removes a character, but no end of a line."""
    lines = [""]
    at = 0
    for one in text:
        if one == "\n":
            lines.append("")
            at = 0
        elif one == "\r":
            at = 0
        elif one == "\b":
            lines[-1] = lines[-1][: max(at - 1, 0)] + lines[-1][at:]
            at = max(at - 1, 0)
        else:
            lines[-1] = lines[-1][:at] + one + lines[-1][at + 1 :]
            at += 1
    return "\n".join(lines)
