"""The lists of files of before ``info/paths.json``, which conda-build writes since 2017.

``info/files`` has a path on each line. A line of ``info/has_prefix`` is a path, or a placeholder,
``text`` or ``binary``, and a path, each in quotes if it has a space. Source: conda's reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from crosscraft.inspection.conda_file.typed_json import Table

__all__ = ["FILES", "PLACEHOLDER", "as_paths"]

FILES = ("info/files", "info/has_prefix")
PLACEHOLDER = "/opt/" + "anaconda1anaconda2" + "anaconda3"
"""The placeholder of a line without one. In parts, so that nobody replaces it here."""
_COLUMN = r"""("[^"]*"|'[^']*'|[^\s"']\S*)"""
_ROW = re.compile(rf"(?:{_COLUMN}\s+(text|binary)\s+)?{_COLUMN}")


def as_paths(texts: Mapping[str, bytes], kinds: Mapping[str, str]) -> Table:
    """Return the lists in the form of ``info/paths.json``, without sizes and checksums.

    :param texts: the contents of :data:`FILES`, of which the second may be missing.
    :param kinds: the path types of links and folders, by path. Other paths are files.
    :raises ValueError: if a line is in neither form.
    """
    replaced = dict(_placeholders(texts.get("info/has_prefix", b"")))
    rows: list[Table] = []
    for path in _lines(texts["info/files"]):
        placeholder, mode = replaced.get(path, (None, None))
        rows.append(
            {
                "_path": path,
                "path_type": kinds.get(path, "hardlink"),
                "prefix_placeholder": placeholder,
                "file_mode": mode,
            }
        )
    return {"paths": rows}


def _placeholders(text: bytes) -> Iterator[tuple[str, tuple[str, str]]]:
    for line in map(str.strip, _lines(text)):
        if not line.startswith("#"):
            match = _ROW.fullmatch(line)
            if match is None:
                raise ValueError(f"info/has_prefix has the line {line[:100]!r}")
            placeholder, mode, path = match.groups()
            yield _unquoted(path), (_unquoted(placeholder or PLACEHOLDER), mode or "text")


def _unquoted(column: str) -> str:
    return column.strip("\"'")


def _lines(text: bytes) -> Iterator[str]:
    lines = text.decode("utf-8", "surrogateescape").split("\n")
    return (line.removesuffix("\r") for line in lines if line.strip())
