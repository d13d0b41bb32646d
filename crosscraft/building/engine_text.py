"""Read what rattler-build says: without debug notation, and explained if a row knows the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crosscraft.building.engine_messages import ROWS, Row

__all__ = ["Message", "last_lines", "read"]


@dataclass(frozen=True, slots=True)
class Message:
    """A text of the engine that a row explains."""

    row: Row
    """The row."""
    sentence: str
    """What it means, without a full stop."""
    remedy: str
    """What to do."""
    place: tuple[int, int] | None = None
    """The line and column that the engine names, counted from 1."""
    word: str = ""
    """A word of the file that the text is about, or empty."""
    detail: Sequence[str] = field(default=())
    """Lines of the engine that show the fault."""


_SENTENCES = {
    "MissingField": "missing required field '{}'",
    "TypeMismatch": "expected {} but got {}",
    "InvalidValue": "invalid value for '{}': {}",
    "JinjaError": "Jinja template error: {}",
    "InvalidConditional": "invalid conditional: {}",
    "Generic": "parse error: {}",
    "InvalidConfig": "Invalid variant configuration: {}",
    "MissingOutput": "missing output: {}",
    "CycleDetected": "Cycle detected in recipe outputs: {}",
    "ExperimentalRequired": "{}",
    "InvalidZipKeyLength": "Zip key elements do not all have same length: {}",
}
"""The engine's sentences for the names in Rust's debug notation, which the bindings raise."""

_STRING = r'"((?:[^"\\]|\\.)*)"'
_DEBUG = re.compile(
    rf"\b({'|'.join(_SENTENCES)})[ ({{]+(?:\w+: )?{_STRING}(?:, (?:\w+: )?{_STRING})?"
)
_UNKNOWN = re.compile(r'\b[A-Z]\w+(?: \{ \w+: |\(")')
"""The start of debug notation with another name."""
_IN_FILE = re.compile(r'^ParseError \{ path: "')
_PLACE = re.compile(r"start: Some\(Marker \{[^}]*line: (\d+), column: (\d+)")
_SUGGESTION = re.compile(rf"suggestion: Some\({_STRING}\)")
_ORIGIN = re.compile(r" \(in <?\w+>?:\d+\)| \(template: .*?\)$", re.M)
"""Where minijinja found an error in a template, counted from the template's start."""
_ESCAPE = re.compile(r'\\(["\\nt])')

_MOST = 8
"""The maximum number of lines shown of a text that no row explains."""


def read(text: str, named: Mapping[str, str] | None = None) -> Message | None:
    """Return what a text of the engine means, or None if no row explains it.

    :param named: fields for the sentences about the output that failed: ``script``, ``sources``
        and ``patches``.
    """
    plain = _plain(text)
    joined = " ".join(plain.split())  # programs wrap their lines
    for row in ROWS:
        match = re.search(row.pattern, plain) or re.search(row.pattern, joined)
        if match:
            groups = {name: value for name, value in match.groupdict().items() if value}
            place = _PLACE.search(text)
            at = place.groups() if place else (groups.get("line"), groups.get("column"))
            suggestion = _SUGGESTION.search(text)
            hint = _unescaped(suggestion[1]) if suggestion else "Correct that value."
            fields = defaultdict(str, {"suggestion": hint, **(named or {}), **groups})
            return Message(
                row,
                " ".join(row.sentence.format_map(fields).split()),
                row.remedy.format_map(fields),
                (int(at[0]), int(at[1])) if at[0] and at[1] else None,
                groups.get("word", ""),
                tuple(line for line in groups.get("detail", "").splitlines() if line.strip()),
            )
    return None


def last_lines(text: str) -> list[str]:
    """Return the last lines of a text that no row explains, under a heading."""
    plain = _plain(text)
    strings = [_unescaped(string) for string in re.findall(_STRING, plain)]
    shown = "\n".join(strings) if strings and _UNKNOWN.search(plain) else plain
    lines = [line for line in shown.splitlines() if line.strip()]
    return ["the engine says:", *(f"  {line}" for line in lines[-_MOST:])]


def _plain(text: str) -> str:
    """Return a text of the engine without Rust's debug notation."""
    debug = _DEBUG.search(text)
    if debug:
        strings = [_unescaped(value) for value in debug.groups()[1:] if value is not None]
        sentence = _SENTENCES[debug[1]].format(*strings)
        text = f"variant config file: {sentence}" if _IN_FILE.match(text) else sentence
    return _ORIGIN.sub("", text)


def _unescaped(text: str) -> str:
    """Return the text of a string in Rust's debug notation."""
    return _ESCAPE.sub(lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text)
