"""The string tables of an ELF file, read within bounds."""

from __future__ import annotations

__all__ = ["Allowance", "Damaged", "Strings"]

MAX_STRING = 65_536
"""The most bytes of one string: a name, a path."""
MAX_TEXT = 128 * 2**20
"""The most bytes of all strings of a file together. (A million symbols may share one string.)"""


class Damaged(ValueError):
    """A table that is not where, or not what, another part of the file says."""


class Allowance:
    """The bytes that the strings of a file may have, all together."""

    def __init__(self) -> None:
        self._left = MAX_TEXT

    def spend(self, size: int) -> None:
        """Take `size` bytes off what is left."""
        self._left -= size
        if self._left < 0:
            raise Damaged(f"names of more than {MAX_TEXT} bytes")


class Strings:
    """A string table: the bytes of `data` from `start` to before `end`.

    It knows nothing of the tables that it is one of: a cycle would keep the whole file for long.
    """

    def __init__(self, data: bytes, start: int, end: int, allowance: Allowance) -> None:
        self._data = data
        self._allowance = allowance
        self.start = start
        self.end = end

    def text(self, offset: int) -> str:
        """Return the string at `offset`. What is not UTF-8 becomes ``\\xff``."""
        if offset == 0 and self.start == self.end:
            return ""  # no table: every name is empty
        start = self.start + offset
        if not self.start <= start < self.end:
            raise Damaged(f"a string at byte {offset:#x} of a table of {self.end - self.start:#x}")
        stop = self._data.find(b"\0", start, min(self.end, start + MAX_STRING + 1))
        if stop < 0:
            raise Damaged(f"a string at byte {start:#x} that does not end")
        self._allowance.spend(stop - start)
        return self._data[start:stop].decode("utf-8", "backslashreplace")
