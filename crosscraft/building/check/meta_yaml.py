"""Turn conda-build's ``meta.yaml`` into YAML: selectors and Jinja's statements are decided.

The order is conda-build's: first the lines of other platforms go, then the templates. A branch
that no platform decides stays, and so does the body of a loop, once. Every line keeps its number.
Source: https://docs.conda.io/projects/conda-build/en/stable/resources/define-metadata.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from crosscraft.building.check.texts import Text
from crosscraft.building.check.yaml_nodes import Decide

__all__ = ["plain", "variables"]

_SELECTOR = re.compile(r"#[^\[\]]*\[([^\[\]]+)\][^()\[\]]*$")
_SET = re.compile(r"\{%-?\s*set\s+(\w+)\s*=\s*(['\"]?)(.*?)\2\s*-?%\}")
_TAG = re.compile(r"\{%[-+]?\s*(\w+)\s*(.*?)\s*[-+]?%\}|\{#.*?#\}", re.S)
_VALUE = re.compile(r"(\s*(?:-\s+)?(?:[\w-]+:\s+)?)(\{\{.*?)(\s+#.*)?$")


def variables(text: Text) -> Mapping[str, str]:
    """Return the plain variables, ``{% set … %}``."""
    return {found[1]: found[3] for found in _SET.finditer(text.content)}


def plain(text: Text, decide: Decide) -> Text:
    """Return the file without the lines of other platforms and without statements."""
    selected = "\n".join(_selected(line, decide) for line in text.content.split("\n"))
    return Text(text.name, "\n".join(map(_quoted, _branches(selected, decide).split("\n"))))


def _selected(line: str, decide: Decide) -> str:
    selector = _SELECTOR.search(line)
    holds = decide(selector[1]) if selector else True
    # Whether it is skipped for a reason that is unknown here: then it is built for another.
    is_skip = line.lstrip().startswith("skip:")
    return "" if holds is False or (is_skip and holds is None) else line


def _branches(content: str, decide: Decide) -> str:
    """Return the text of the branches that may be taken."""
    kept: list[str] = []
    taken: list[tuple[bool | None, bool]] = []  # for each open if: this branch, an earlier one
    at = 0
    for tag in _TAG.finditer(content):
        is_read = all(here is not False for here, _ in taken)
        kept += _kept(content[at : tag.start()], is_read), "\n" * tag[0].count("\n")
        _step(tag[1] or "", tag[2] or "", taken, decide)
        at = tag.end()
    return "".join([*kept, content[at:]])


def _kept(part: str, is_read: bool) -> str:
    return part if is_read else "\n" * part.count("\n")


def _step(name: str, condition: str, taken: list[tuple[bool | None, bool]], decide: Decide) -> None:
    if name == "if":
        holds = decide(condition)
        taken.append((holds, holds is True))
    elif name == "for":
        taken.append((None, False))
    elif name in ("elif", "else") and taken:
        _, before = taken.pop()
        holds = False if before else decide(condition) if name == "elif" else None
        taken.append((holds, before or holds is True))
    elif name in ("endif", "endfor") and taken:
        taken.pop()


def _quoted(line: str) -> str:
    """Quote a value that begins with a template: in YAML it would be a mapping."""
    found = _VALUE.match(line)
    if not found:
        return line
    value = found[2].rstrip().replace("'", "''")
    return f"{found[1]}'{value}'{found[3] or ''}"
