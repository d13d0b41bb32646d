"""Damaged files: bytes flipped, numbers replaced by harmful ones, parts cut out or doubled."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

HARMFUL = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFE, 0xFFFF, *(2**n for n in (31, 40, 63)), 2**32 - 1, -1)
"""Numbers at the edges of what counts, offsets and sizes can be."""

MEMORY = 2**30
"""Bytes that reading may take on top of what the process has."""


def anywhere(chance: Random, data: bytes) -> int:
    """Return any place in `data`."""
    return chance.randrange(len(data))


def damaged(
    chance: Random, whole: bytes, place: Callable[[Random, bytes], int] = anywhere
) -> bytes:
    """Return `whole` with one to eight damages.

    :param chance: a source of choices: hypothesis's own, so that it can shrink them.
    :param place: chooses where to damage a file: where its structure is, more often than not.
    """
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 8))):
        if not data:
            break
        at = min(place(chance, whole), len(data) - 1)
        size = chance.choice((1, 2, 4, 8, 512))
        kind = chance.randrange(10)
        if kind < 3:
            data[at] ^= 1 << chance.randrange(8)
        elif kind < 7:
            size = min(size, 8)
            at -= at % size
            number = chance.choice((*HARMFUL, len(data), len(data) - 1, chance.randrange(2**64)))
            order = chance.choice(("little", "big"))
            data[at : at + size] = (number % 256**size).to_bytes(size, order)
        elif kind == 7:
            other = min(place(chance, whole), len(data) - 1)
            data[at : at + size] = data[other : other + size]
        elif kind == 8:
            del data[at : at + size]
        else:
            del data[at:]
    return bytes(data)


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Fail with MemoryError where reading takes more than :data:`MEMORY`."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))
