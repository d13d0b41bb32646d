"""Which commands a cross build certainly runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.project import Project
from crosscraft.building.check.script_guards import always_run, compiled

RECIPE = "package: {name: a, version: 1}\nrequirements:\n  build: ['${{ compiler(\"c\") }}']\n"


def runs(script: str, folder: Path) -> list[str]:
    (folder / "recipe.yaml").write_text(RECIPE)
    (folder / "build.sh").write_text(script)
    ((_, output),) = Project(folder, "linux-aarch64").outputs
    return [each.argv[0] for each in always_run(output) if each.argv and each.argv[0] in "abcd"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a\nb; c && d\n", "abcd"),
        ("a\nif [[ $X == 1 ]]; then\n  b\nfi\nc\n", "ac"),
        ("if x; then b; fi\nc\n", "c"),
        ("if x; then\n  if y; then\n    a\n  fi\n  b\nelse\n  c\nfi\nd\n", "d"),
        ("case $X in\n  1) a ;;\nesac\nb\n", "b"),
        ("for x in 1 2; do\n  a\ndone\n", "a"),
        ("a || true\nb || echo no\nc || exit 1\n", "c"),
        ("[[ $X == 1 ]] && a\nb\n", "b"),
        ("run() {\n  a\n}\nb\n", "b"),
        ("function run {\n  a\n}\nb\n", "b"),
        ("if x; then\n  exit 0\nfi\na\n", ""),
        ("if x; then\n  exit 1\nfi\na\n", "a"),
        ("echo if only\na\n", "a"),
    ],
)
def test_commands_without_a_condition(script: str, expected: str, tmp_path: Path) -> None:
    assert "".join(runs(script, tmp_path)) == expected


def test_only_a_cross_build_has_code_of_the_target(tmp_path: Path) -> None:
    runs("a\n", tmp_path)
    assert len(list(compiled(Project(tmp_path, "linux-aarch64")))) == 1
    assert list(compiled(Project(tmp_path, "linux-64"))) == []
