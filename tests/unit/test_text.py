"""Sizes and tables as text."""

from __future__ import annotations

import pytest

from crosscraft.text import megabytes, table


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "1 kB"),
        (1499, "1 kB"),
        (97_000, "97 kB"),
        (999_400, "999 kB"),
        (1_000_000, "1.0 MB"),
        (3_272_386, "3.3 MB"),
        (207_000_000, "207.0 MB"),
    ],
)
def test_megabytes(size: int, text: str) -> None:
    assert megabytes(size) == text


def test_table() -> None:
    rows = [("cmake", "30.0 MB", "x"), ("jq", "1 kB", "")]
    assert table(rows, ("package", "size", "note"), right=(1,)).splitlines() == [
        "package      size  note",
        "cmake     30.0 MB  x",
        "jq           1 kB",
    ]
    assert table([], ("a", "b")) == "a  b"
