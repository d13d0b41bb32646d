"""Inspect files in a browser. The site's page runs this module with pyodide, in a worker.

The functions are those of ``crosscraft inspect --json --verify``. A browser has no processes, so
C++ names are demangled in this one, and the page ends a worker that takes too long.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import json_form
from crosscraft.inspection.comparison import compare
from crosscraft.inspection.conda_file.stream import OnRead
from crosscraft.inspection.elf import Elf, cxx_names
from crosscraft.inspection.elf import header as elf_header
from crosscraft.inspection.inspect import Inspection, inspect
from crosscraft.text import printable
from crosscraft.views import binary_content, content, html
from crosscraft.views.blocks import Block, Problem, cut

__all__ = ["HEADERS", "answer"]

HEADERS = 20
"""The maximum number of binaries whose headers are shown."""

_DEMANGLERS = {True: cxx_names.demangle_here, False: cxx_names.leave_mangled}


def answer(paths: Sequence[str], demangling: bool, on_read: OnRead | None = None) -> str:
    """Inspect files, and return a JSON object with these keys.

    ``json`` is the text that ``crosscraft inspect --json`` prints of the files that can be read.
    ``html`` is what the page shows. ``said`` is a sentence about each file, for a screen reader.
    ``holds`` is False if a file cannot be read or has a negative verdict.

    :param paths: the files. Each is inspected from within its folder, so only its name is shown.
    :param demangling: whether to demangle C++ names.
    :param on_read: called with the position in a package, in bytes, as its payload is read.
    """
    found: list[Inspection] = []
    sections: list[str] = []
    said: list[str] = []
    for path in map(Path, paths):
        try:
            with contextlib.chdir(path.parent):
                one = inspect(path.name, on_read, _DEMANGLERS[demangling])
        except CrosscraftError as error:
            sections.append(_section(path.name, _drawn(path.name, [Problem(str(error))])))
            said.append(f"Error: {error}")
        else:
            found.append(one)
            sections.append(_section(path.name, _file(one)))
            said.append(f"{path.name}: {_summary(one)}")
    sections += (_section(*one) for one in _comparisons(found))
    negative = any(verdict.holds is False for one in found for verdict in one.verdicts)
    return json.dumps(
        {
            "json": _json(found),
            "html": "".join(sections),
            "said": printable(" ".join(said)),
            "holds": len(found) == len(paths) and not negative,
        }
    )


def _json(found: Sequence[Inspection]) -> str:
    """Return what the command prints: a list with an object for each file."""
    objects = ["".join(json_form.text(one)) for one in found]
    return "[\n" + ",\n".join(objects) + "\n]\n" if objects else "[]\n"


def _file(found: Inspection) -> str:
    facts = _drawn(f"Facts about {found.path.name}", content.inspection(found))
    return f"<p><strong>{escape(_summary(found))}</strong></p>{facts}{''.join(_headers(found))}"


def _summary(found: Inspection) -> str:
    """Return the verdicts in one sentence."""
    no = [verdict.question for verdict in found.verdicts if verdict.holds is False]
    if no:
        return f"The answer is NO: {' '.join(no)}"
    if not found.verdicts:
        return "It claims nothing that could be verified."
    unknown = sum(verdict.holds is None for verdict in found.verdicts)
    yes = len(found.verdicts) - unknown
    return f"No verdict is NO. Yes: {yes}, cannot be known: {unknown}."


def _headers(found: Inspection) -> Iterator[str]:
    """Yield the header of each binary, to be opened by a click."""
    binaries = list(_binaries(found))
    shown, note = cut(binaries, HEADERS, "headers")
    for name, facts in shown:
        blocks = binary_content.header(elf_header.fields(facts.header))
        title = f"The header of {name}, byte by byte"
        summary = escape(printable(title))
        yield f"<details><summary>{summary}</summary>{_drawn(title, blocks)}</details>"
    if note:
        yield f"<p><em>{escape(note)}</em></p>"


def _binaries(found: Inspection) -> Iterator[tuple[str, Elf]]:
    if found.elf:
        yield found.path.name, found.elf
    if found.contents:
        yield from found.contents.binaries.items()
    yield from found.objects


def _comparisons(found: Sequence[Inspection]) -> Iterator[tuple[str, str]]:
    """Yield the comparison of each two packages of one name for different platforms."""
    packages = [(one, one.package) for one in found if one.package]
    for (left, a), (right, b) in itertools.combinations(packages, 2):
        if a.name == b.name and a.subdir != b.subdir:
            title = f"{a.name} for {a.subdir} (left) and for {b.subdir} (right)"
            yield title, _drawn(title, content.comparison(compare(left, right)))


def _section(title: str, inner: str) -> str:
    return f"<section><h2>{escape(printable(title))}</h2>{inner}</section>"


def _drawn(label: str, blocks: Sequence[Block] | Iterator[Block]) -> str:
    """Return blocks in a box that scrolls, also from the keyboard."""
    name = escape(printable(label))
    box = f'class="inspected" role="region" tabindex="0" aria-label="{name}"'
    return f"<div {box}>{html.draw(blocks)}</div>"
