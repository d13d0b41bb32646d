"""Notebooks as small as the site takes them."""

from __future__ import annotations

import json

OPENING = """# {number} · {title}

**What you'll do:** read `$PREFIX` and $HOST.

**What you'll learn:** what both are.

**Time:** 3 minutes of reading, 2 of exercises; the machine works for 1.
"""


def lesson(number: str, title: str, *cells: tuple[str, str], output: str = "") -> str:
    """A notebook: its opening, then cells of the given kinds and sources."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    code = {"execution_count": 1, "outputs": outputs}
    opening = ("markdown", OPENING.format(number=number, title=title))
    made = [
        {"cell_type": kind, "id": f"c{place}", "metadata": {}, "source": source}
        | (code if kind == "code" else {})
        for place, (kind, source) in enumerate((opening, *cells))
    ]
    python = {"name": "python"}
    return json.dumps(
        {"cells": made, "metadata": {"language_info": python}, "nbformat": 4, "nbformat_minor": 5}
    )
