"""Requirements are moved and added where each stands on a line of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output, Recipe
from crosscraft.building.check.requirement_edits import inserted, moved, of_cross_builds

TWO = """\
requirements:
  build:
    - make
    - {{ compiler('c') }}
  host:
    - cmake >=3
    - zlib
"""
LAST = """\
requirements:
  build:
  - make
  host:
    - ninja
"""
FLOW = """\
requirements:
  build: [make]
  host: [ninja]
"""


def read(text: str, folder: Path) -> tuple[Recipe, Output]:
    (folder / "meta.yaml").write_text(text, encoding="utf-8")
    return next(Project(folder, "linux-aarch64").outputs)


def move(text: str, folder: Path, source: str, target: str) -> str | None:
    recipe, output = read(text, folder)
    edit = moved(recipe, output, output.requirements[source][:1], target)
    if edit is None:
        return None
    lines = text.splitlines()
    lines[edit.line - 1 : edit.line - 1 + edit.count] = edit.new
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "source", "target", "expected"),
    [
        (TWO, "host", "build", "build:\n    - cmake >=3\n    - make\n"),
        (
            TWO,
            "build",
            "host",
            "build:\n    - {{ compiler('c') }}\n  host:\n    - make\n    - cmake",
        ),
        (LAST, "host", "build", "build:\n  - ninja\n  - make"),
    ],
)
def test_a_requirement_is_moved(
    text: str, source: str, target: str, expected: str, tmp_path: Path
) -> None:
    assert expected in (move(text, tmp_path, source, target) or "")


def test_a_section_without_requirements_goes(tmp_path: Path) -> None:
    assert "host" not in (move(LAST, tmp_path, "host", "build") or "host")


def test_a_list_on_one_line_is_left_to_people(tmp_path: Path) -> None:
    assert move(FLOW, tmp_path, "host", "build") is None
    recipe, output = read(FLOW, tmp_path)
    assert inserted(recipe, output, "build", ["- python"]) is None


def test_what_only_a_cross_build_needs_has_its_selector(tmp_path: Path) -> None:
    recipe, output = read(TWO, tmp_path)
    added = of_cross_builds(recipe, ["python"])
    edit = inserted(recipe, output, "build", added)
    assert edit and edit.new == ("    - python  # [build_platform != target_platform]",)
