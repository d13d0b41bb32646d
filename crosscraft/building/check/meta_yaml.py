"""Turn conda-build's ``meta.yaml`` into YAML: selectors and Jinja's statements are decided.

The order is conda-build's: first the lines of other platforms go, then the templates. A branch
that no platform decides stays, and so does the body of a loop, once. Every line keeps its number.
Source: https://docs.conda.io/projects/conda-build/en/stable/resources/define-metadata.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crosscraft.building.check.texts import Text
from crosscraft.building.check.yaml_nodes import Decide

__all__ = ["plain", "variables"]

_SELECTOR = re.compile(r"\[([^\[\]]+)\][^()\[\]]*$")
"""After a ``#``. What follows it is a note."""
_TAG = re.compile(
    r"\{%[-+]?((?:(?!\{%|%\}).){0,5000})%\}|\{#(?:(?!\{#|#\}).){0,20000}#\}", re.DOTALL
)
_SET = re.compile(r"set\s+(\w+)\s*=(.*)", re.DOTALL)
_VALUE = re.compile(r"\s*(?:-\s+)?(?:[\w-]+:\s+)?(?=\{\{)")


def variables(text: Text) -> Mapping[str, str]:
    """Return the plain variables, ``{% set … %}``."""
    inner = (_inner(tag) for tag in _TAG.finditer(text.content))
    found = filter(None, map(_SET.match, inner))
    return {each[1]: each[2].strip().strip("'\"") for each in found}


def plain(text: Text, decide: Decide) -> Text:
    """Return the file without the lines of other platforms and without statements."""
    selected = "\n".join(_selected(line, decide) for line in text.content.split("\n"))
    return Text(text.name, "\n".join(map(_quoted, _branches(selected, decide).split("\n"))))


def _selected(line: str, decide: Decide) -> str:
    selector = _SELECTOR.search(line.partition("#")[2])
    holds = decide(selector[1]) if selector else True
    # Whether it is skipped for a reason that is unknown here: then it is built for another.
    is_skip = line.lstrip().startswith("skip:")
    return "" if holds is False or (is_skip and holds is None) else line


@dataclass(frozen=True, slots=True)
class _Block:
    """An ``if`` or a ``for`` that is open."""

    is_done: bool
    """Whether an earlier branch is certainly taken."""
    is_read: bool
    """Whether this branch may be taken, and the blocks around it."""


def _branches(content: str, decide: Decide) -> str:
    """Return the text of the branches that may be taken."""
    kept: list[str] = []
    blocks = [_Block(False, True)]
    at = 0
    for tag in _TAG.finditer(content):
        kept.append(_kept(content[at : tag.start()], blocks[-1].is_read))
        kept.append("\n" * tag[0].count("\n"))
        name, _, condition = _inner(tag).partition(" ")
        _step(name, condition.strip(), blocks, decide)
        at = tag.end()
    return "".join([*kept, content[at:]])


def _step(name: str, condition: str, blocks: list[_Block], decide: Decide) -> None:
    if name in ("if", "for"):
        holds = decide(condition) if name == "if" else None
        blocks.append(_Block(holds is True, blocks[-1].is_read and holds is not False))
    elif name in ("elif", "else") and len(blocks) > 1:
        is_done = blocks.pop().is_done
        holds = False if is_done else decide(condition) if name == "elif" else None
        blocks.append(_Block(is_done or holds is True, blocks[-1].is_read and holds is not False))
    elif name in ("endif", "endfor") and len(blocks) > 1:
        blocks.pop()


def _kept(part: str, is_read: bool) -> str:
    return part if is_read else "\n" * part.count("\n")


def _inner(tag: re.Match[str]) -> str:
    """Return the words of a statement, without the marks that strip blanks."""
    return (tag[1] or "").rstrip("-+").strip()


def _quoted(line: str) -> str:
    """Quote a value that begins with a template: in YAML it would be a mapping.

    A template alone on its line is no value: what it makes is not known.
    """
    found = _VALUE.match(line)
    if not found or not found[0].strip():
        return "" if found else line
    comment = line.find(" #", line.rfind("}}"))
    end = len(line[:comment].rstrip()) if comment > 0 else len(line)
    value = line[found.end() : end].rstrip().replace("'", "''")
    return f"{found[0]}'{value}'{line[end:]}"
