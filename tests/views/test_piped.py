"""What goes into a pipe is what rich would draw, to the letter."""

from __future__ import annotations

import io
import random

import pytest
from rich.console import Console

from crosscraft.views import piped, text
from crosscraft.views.blocks import Bar, Block, Picture, Table, Trouble, Words

_WORDS = ("a", "of", "lib/python3.11/site-packages/cpp_math.cpython-311-x86_64-linux-gnu.so",
          "GLIBC_2.36", "x" * 90, "日本語の名前", "é", "no", "\x1b[1m", "two  spaces",
          "")  # fmt: skip


def _sentence(some: random.Random, most: int) -> str:
    return " ".join(some.choice(_WORDS) for _ in range(some.randrange(most)))


def _table(some: random.Random) -> Table:
    columns = some.randrange(2, 6)
    places = range(columns)
    return Table(
        caption=_sentence(some, 6),
        head=tuple(some.choice(("file", "bytes", "what it is for")) for _ in places),
        rows=tuple(
            tuple(_sentence(some, some.choice((2, 4, 12))) for _ in places)
            for _ in range(some.randrange(5))
        ),
        code=tuple(place for place in places if some.random() < 0.3),
        right=tuple(place for place in places if some.random() < 0.3),
        note=_sentence(some, 12),
        prose=some.random() < 0.4,
    )


def _by_rich(blocks: list[Block], columns: int) -> str:
    stream = io.StringIO()
    Console(file=stream, width=columns, color_system=None, force_terminal=False).print(
        text.draw(blocks)
    )
    return stream.getvalue()


@pytest.mark.parametrize("columns", [40, 80, 80, 80, 132, 200])
def test_a_pipe_gets_what_rich_would_draw(columns: int) -> None:
    some = random.Random(columns)
    for _ in range(20):
        picture = Picture(
            "Sections", (Bar(".text", "code", 0, 900), Bar("名.data", "data", 900, 0)), 1000
        )
        blocks = [Words(_sentence(some, 20)), _table(some), Trouble(_sentence(some, 20)), picture]
        assert piped.text(blocks, columns) == _by_rich(blocks, columns)
