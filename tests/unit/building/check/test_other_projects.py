"""Each detector, on a project that has nothing to do with ours: the trap, and the right way."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from crosscraft.building.check import catalogue
from crosscraft.building.check.check import check

FOLDER = Path(__file__).with_name("projects")
DETECTED = [trap.name for trap in catalogue.traps() if trap.detector]


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def write(files: dict[str, str], folder: Path) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def places(folder: Path, platform: str) -> list[tuple[str, str]]:
    """The traps, each with its file and line, as ``CMakeLists.txt:3``."""
    checked = check(folder, [platform])
    assert checked.unread == ()
    return [
        (each.trap.name, f"{Path(each.file).relative_to(folder)}:{each.line}")
        for each in checked.findings
    ]


@pytest.mark.parametrize("name", DETECTED)
def test_it_is_found_at_its_line_and_nothing_else_is(name: str, tmp_path: Path) -> None:
    case = read(name)
    platform = case.get("platform", "linux-aarch64")
    found = places(write(case["faulty"], tmp_path), platform)
    assert found == [(name, place) for place in case["places"]]


@pytest.mark.parametrize("name", DETECTED)
def test_nothing_is_found_where_it_is_right(name: str, tmp_path: Path) -> None:
    case = read(name)
    assert places(write(case["right"], tmp_path), case.get("platform", "linux-aarch64")) == []


def test_there_is_no_project_without_a_trap() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(DETECTED)
