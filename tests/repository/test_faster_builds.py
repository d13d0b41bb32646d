"""What lesson 10 says about times is what its stored outputs show."""

from __future__ import annotations

import re

import nbformat
import pytest

from crosscraft.paths import ROOT

NOTEBOOK = ROOT / "notebooks" / "10-speed-builds.ipynb"
USER = re.compile(r"^user\t(\d+)m([\d.]+)s$", re.M)


def user_seconds() -> dict[str, float]:
    """The seconds of processor time that cells have measured, by the id of the cell."""
    found = {}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        for output in cell.get("outputs", ()):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            for minutes, seconds in USER.findall(text):
                found[cell.id] = 60 * int(minutes) + float(seconds)
    return found


@pytest.mark.parametrize(
    ("cell", "ratio", "words"),
    [
        ("speed-again", 1 / 10, "`user` is less than a tenth of the first"),
        ("speed-unity", 3 / 4, "`user` is at least a quarter less than in the first"),
        ("speed-split", 1 / 4, "`user` is less than a quarter of the first"),
    ],
)
def test_a_faster_build_is_as_fast_as_the_lesson_says(cell: str, ratio: float, words: str) -> None:
    measured = user_seconds()
    assert measured[cell] < ratio * measured["speed-plain"]
    assert words in NOTEBOOK.read_text(encoding="utf-8")
