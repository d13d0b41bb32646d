"""The project of lesson 08, and what its module returns."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crosscraft.building import new, templates
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.extension import Extension
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.exercises.kinds import built, checksums
from crosscraft.lessons.exercises.kinds.checksums import Row
from crosscraft.platforms import lookup
from crosscraft.system.console import Console

ROW = Row("checksums.checksum('a')", "zlib.crc32(b'a')", "It's another number.")


def compare(row: Row, *results: tuple[str, str]) -> list[str]:
    """What a check sees if Python prints these values and wanted values."""
    said = "\n".join(json.dumps([row.expression, *result]) for result in results)
    made = SimpleNamespace(platform=lookup("linux-64"), python=lambda code: f"hello\n{said}")
    with works.begin(..., Console(io.StringIO())) as work:
        checksums.compare(work, cast(Extension, made), [row])
        return work.evidence


def test_the_template_is_what_crosscraft_new_makes(tmp_path: Path) -> None:
    made = new.render(checksums.NAME, templates.DEFAULT)
    checksums.write_template(tmp_path)
    for path in tmp_path.rglob("*.*"):
        assert path.read_text(encoding="utf-8") == made[str(path.relative_to(tmp_path))]
    built.begin("new checksums", tmp_path / "new")
    assert (tmp_path / "new/pixi.toml").read_text(encoding="utf-8") == made["pixi.toml"]


def test_a_result_that_agrees_is_evidence() -> None:
    assert compare(ROW, ("7", "7")) == ["linux-64: checksums.checksum('a') = 7"]


@pytest.mark.parametrize(
    ("row", "results", "says"),
    [
        (ROW, [("8", "7")], "another number"),
        (ROW, [], "ended the whole process"),
        (ROW, [("TypeError: Unable to convert function return value", "7")], "header of its own"),
        (ROW, [("TypeError: incompatible function arguments", "7")], "fit a parameter"),
        (ROW, [("TypeError: no constructor defined!", "7")], "nb::init"),
        (Row("x", "", "It should fail.", raises="ValueError"), [("3", "")], "should fail"),
    ],
)
def test_another_result_is_explained(row: Row, results: list[Any], says: str) -> None:
    with pytest.raises(NotYet) as wrong:
        compare(row, *results)
    assert says in wrong.value.text


def test_an_error_that_is_wanted_is_right() -> None:
    row = Row("x", "", "It should fail.", raises="ValueError")
    assert compare(row, ("ValueError: damaged", "")) == ["linux-64: x = ValueError: damaged"]
