"""What a drawn page says, without its tags."""

from __future__ import annotations

import html
import re

HOSTILE = "lib/<script>alert(1)</script>\x1b[2J\u202etxt.py"
"""A path that would run in a page, clear a terminal, and turn the reading order."""


def said(drawn: str) -> str:
    """What a page says: its texts, without tags, each blank one blank."""
    drawn = re.sub(r"<svg.*?</svg>", " ", drawn, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", drawn)).split())
