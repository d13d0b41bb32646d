"""Check the prose of the notebooks: no semicolons, and none of the banned words.

    python -m tools.prose [NOTEBOOK…]

prints each place with what to write instead. CONTRIBUTING.md has the rules, and the reasons.
Only prose counts: code, fenced or inline, and the addresses of links are left out.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from crosscraft.paths import ROOT

__all__ = ["RULES", "Rule", "main", "passages", "problems", "words"]

NOTEBOOKS = ROOT / "notebooks"

_CODE = "\N{REPLACEMENT CHARACTER}"
"""Replaces inline code, so that no rule matches across it."""

_TIME = re.compile(r"(of exercises); (the machine works)")
"""The line of the first cell whose form `crosscraft.lessons.series` reads."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that a colleague would not say."""

    pattern: re.Pattern[str]
    """What is found. A space in a rule also matches the end of a line."""
    instead: str
    """What to write instead."""


def _rule(pattern: str, instead: str) -> Rule:
    return Rule(re.compile(pattern.replace(" ", r"\s+"), re.I), instead)


RULES = (
    _rule(r";", "two sentences, or because, so, but, which means"),
    _rule(r"\b(?:mend(?:s|ed|ing)?|cure[sd]?|curing)\b", "fix"),
    _rule(r"\btold of\b", "learn about, or name it"),
    _rule(r"\bneed not\b", "doesn't have to"),
    _rule(r"\bbut for\b", "except, or without"),
    _rule(r", for (?:he|it|she|there|they|we)\b", "because"),
    _rule(r"\bin any case\b", "always, or leave it out"),
    _rule(r"\bby itself\b", "alone, or without help"),
    _rule(r"\bas it is\b", "unchanged, or without a change"),
    _rule(r"\bof its own\b", "its own"),
    _rule(r"\b(?:one|those) that\b", "the noun"),
    _rule(r"\beither\b(?![^.?!:]*\bor\b)", "both, or each"),
    _rule(r"\bstands in\b", "is in, or replaces"),
    _rule(r"\blies (?:in|beside)\b", "is in, or is next to"),
    _rule(r"\bwishes\b", "requirements"),
    _rule(r"\bin sight\b", "visible, or say where it is"),
    _rule(r"\bno further word\b", "nothing else"),
    _rule(r"\banew\b", "again"),
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, heading, list item or cell of a table."""

    line: int
    """Its first line in the cell, counted from 1."""
    text: str
    """Its prose. A line of the source is a line here."""
    in_table: bool
    """Whether it is in a table."""


def passages(markdown: str) -> Iterator[Passage]:
    """Yield the prose of a Markdown text."""
    in_table = False
    line = 1
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
        line = token.map[0] + 1 if token.map else line
        if token.type == "inline":
            yield Passage(line, "".join(map(_prose, token.children or [])), in_table)


def _prose(token: Token) -> str:
    match token.type:
        case "text":
            return token.content
        case "image":  # its alternative text
            return "".join(map(_prose, token.children or []))
        case "code_inline":
            return _CODE
        case "softbreak" | "hardbreak":
            return "\n"
        case _:
            return ""


def words(markdown: str) -> int:
    """Return the number of words of prose, without code and tables."""
    found = (word for one in passages(markdown) if not one.in_table for word in one.text.split())
    return sum(bool(re.search(r"\w", word)) for word in found)


def problems(path: Path) -> list[str]:
    """Return what a notebook's prose must not have, by cell and line, both counted from 1."""
    found = []
    for number, cell in enumerate(_cells(path), 1):
        if cell["cell_type"] != "markdown":
            continue
        for passage in passages("".join(cell["source"])):
            text = _TIME.sub(r"\1, \2", passage.text)
            for rule in RULES:
                for match in rule.pattern.finditer(text):
                    line = passage.line + text.count("\n", 0, match.start())
                    found.append(
                        f"{path.name}: cell {number}, line {line}: {_around(text, match)}: "
                        f"write {rule.instead}"
                    )
    return found


def _around(text: str, match: re.Match[str]) -> str:
    """Return what was found, with a few words before and after it."""
    before, after = text[: match.start()].split(), text[match.end() :].split()
    middle = " ".join(match[0].split())
    left = " ".join(before[-3:]) + " " * (match.start() > 0 and text[match.start() - 1].isspace())
    right = " " * text[match.end() : match.end() + 1].isspace() + " ".join(after[:3])
    return f"“{left}{middle}{right}”".replace(_CODE, "`…`")


def _cells(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def main(arguments: Sequence[str]) -> int:
    """Check the named notebooks, or all of them, and return the exit status."""
    paths = [Path(name) for name in arguments] or sorted(NOTEBOOKS.glob("*.ipynb"))
    found = [line for path in paths for line in problems(path)]
    print("\n".join(found), end="\n" * bool(found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
