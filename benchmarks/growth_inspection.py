"""`crosscraft inspect` of larger and larger packages, and of more and more members."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from growth_packages import Kind, write
from growth_usage import Usage, run

CROSSCRAFT = str(Path(sys.executable).with_name("crosscraft"))

_SIZES = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
_COUNTS = (1, 10, 100, 1_000, 10_000, 50_000, 100_000, 150_000)

SIZES: dict[str, tuple[int, ...]] = {
    "data": _SIZES,
    "text, compressed to a quarter": _SIZES,
    "binaries of 100 MB at most": _SIZES,
}
"""Bytes of the file."""
COUNTS: dict[str, tuple[int, ...]] = {"tables": _COUNTS, "--json": _COUNTS}
"""Members, of 100 bytes each."""

_KINDS: dict[str, tuple[Kind, int]] = {
    "data": ("data", 1),
    "text, compressed to a quarter": ("text", 4),
    "binaries of 100 MB at most": ("binary", 1),
}
"""What each line's packages hold, and how many bytes make one of the file."""


@contextmanager
def of_size(line: str, size: int) -> Iterator[Callable[[], Usage]]:
    """Make a package of `size` bytes; what is given inspects it."""
    kind, expands = _KINDS[line]
    members = -(-size // 100_000_000)
    with _made(kind, size * expands, members) as path:
        yield lambda: run([CROSSCRAFT, "inspect", str(path)])


@contextmanager
def of_count(line: str, count: int) -> Iterator[Callable[[], Usage]]:
    """Make a package of `count` members; what is given inspects it."""
    options = ["--json"] if line == "--json" else []
    with _made("data", 100 * count, count) as path:
        yield lambda: run([CROSSCRAFT, "inspect", *options, str(path)])


@contextmanager
def _made(kind: Kind, size: int, members: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="crosscraft-growth-", dir="/var/tmp") as folder:
        yield write(Path(folder) / "grown-1-0.conda", kind, size, members)
