"""Read the text files of a stranger: bounded, and none outside of the project."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from crosscraft.errors import CrosscraftError
from crosscraft.system.regular_file import open_regular

__all__ = ["LARGEST", "Text", "Unreadable", "read", "text_of"]

LARGEST = 2_000_000
"""Bytes. No file that people write to build a project is longer."""


_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
"""How a text is encoded, by its first bytes. PowerShell redirects in UTF-16."""


class Unreadable(CrosscraftError):
    """A file that could not be read, or that is not what its name says."""

    exit_status = 2


@dataclass(frozen=True)
class Text:
    """A text file."""

    name: str
    """The path relative to the project, with slashes."""
    content: str
    """The text, with its line ends."""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines, without their ends."""
        return tuple(self.content.split("\n"))

    def line_of(self, offset: int) -> int:
        """Return the line, from 1, of the character at `offset`."""
        return self.content.count("\n", 0, offset) + 1


def read(root: Path, path: Path, largest: int = LARGEST, nuls: float = 0) -> Text:
    """Return the file `path` of the project in `root`.

    :param nuls: how many of its characters may be NULs. A log has some, if a program prints them.

    :raises Unreadable: if it is a link out of the project, no regular file, too long or not text.
    """
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            raise _unreadable(name, "it is a link to a file outside of the project")
        with open_regular(path) as file:
            data = file.read(largest + 1)
    except (OSError, RuntimeError) as error:
        raise _unreadable(name, _reason(error)) from None
    return text_of(name, data, largest, nuls)


def text_of(name: str, data: bytes, largest: int = LARGEST, nuls: float = 0) -> Text:
    """Return `data` as text.

    :raises Unreadable: if it is longer than `largest` bytes, or binary.
    """
    if len(data) > largest:
        raise _unreadable(name, f"it is longer than {largest // 1_000_000} MB")
    encoding = next((each for mark, each in _MARKS.items() if data.startswith(mark)), "utf-8")
    content = data.decode(encoding, errors="replace")
    if content.count("\0") > nuls * len(content):
        raise _unreadable(name, "it is no text")
    return Text(name, content)


def _unreadable(name: str, why: str) -> Unreadable:
    return Unreadable(
        f"{name!r} cannot be checked: {why}",
        remedy="Give a project, the log of a build, or a package.",
    )


def _reason(error: OSError | RuntimeError) -> str:
    if not isinstance(error, OSError) or not error.strerror:
        return "its links lead nowhere"
    reason = error.strerror[:1].lower() + error.strerror[1:]
    return f"it {reason}" if reason.startswith("is ") else reason
