"""Which commands of a build script a cross build certainly runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.detectors._outputs import crossed
from crosscraft.building.check.guards import always_run, unguarded
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output

RECIPE = "package: {name: a, version: 1}\nrequirements:\n  build: ['${{ compiler(\"c\") }}']\n"


def output(script: str, folder: Path) -> Output:
    (folder / "recipe.yaml").write_text(RECIPE)
    (folder / "build.sh").write_text(script)
    ((_, only),) = Project(folder, "linux-aarch64").outputs
    return only


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
        ("[[ $X == 1 ]] || a\nb\n", "b"),
        ("test $X = 1 || a\nb\n", "b"),
        ("run() {\n  a\n}\nb\n", "b"),
        ("function run {\n  a\n}\nb\n", "b"),
        ("if x; then\n  exit 0\nfi\na\n", ""),
        ("if x; then\n  exit 1\nfi\na\n", "a"),
        ("echo if only\na\n", "a"),
        ("cat <<E > f\nif\nE\na\n", "a"),
    ],
)
def test_commands_without_a_condition(script: str, expected: str, tmp_path: Path) -> None:
    found = [each.program for each in always_run(output(script, tmp_path))]
    assert "".join(name for name in found if name in ("a", "b", "c", "d")) == expected


@pytest.mark.parametrize(
    "script",
    [
        'if [[ "${CONDA_BUILD_CROSS_COMPILATION:-}" != "1" ]]; then\n  ctest\nfi',
        'if [[ "$CONDA_BUILD_CROSS_COMPILATION" != 1 || "$CROSSCOMPILING_EMULATOR" != "" ]]\n'
        "then\n  cd build\n  ctest\nfi",
        'if [[ "$mpi" == nompi && \\\n  "$CROSSCOMPILING_EMULATOR" != "" ]]; then\n  ctest\nfi',
        '[[ "$target_platform" == "$build_platform" ]] && ctest',
        '[[ "${CONDA_BUILD_CROSS_COMPILATION:-0}" == 1 ]] || ctest',
        "case $target_platform in\n  linux-64) ctest ;;\nesac",
        'if [[ $foo ]]; then\n  true\nelif [[ "$ARCH" = 64 ]]; then\n  ctest\nfi',
        'if [[ "$CONDA_BUILD_CROSS_COMPILATION" == 1 ]]; then\n  exit 0\nfi\nctest',
        "tests() {\n  ctest\n}",
        'if [[ "$WITH_TESTS" == ON ]]; then\n  ctest\nfi',
    ],
)
def test_a_command_behind_a_question_about_platforms_is_left_out(
    script: str, tmp_path: Path
) -> None:
    assert "ctest" not in [each.program for each in unguarded(output(script, tmp_path))]


@pytest.mark.parametrize(
    "script",
    [
        "ctest",
        'if [[ "$mpi" == nompi ]]; then\n  ctest\nfi',
        'if [[ "$CONDA_BUILD_CROSS_COMPILATION" == 1 ]]; then\n  true\nfi\nctest',
        "cd build && ctest",
    ],
)
def test_any_other_command_is_kept(script: str, tmp_path: Path) -> None:
    assert "ctest" in [each.program for each in unguarded(output(script, tmp_path))]


def test_only_a_cross_build_has_code_of_the_target(tmp_path: Path) -> None:
    output("a\n", tmp_path)
    assert len(list(crossed(Project(tmp_path, "linux-aarch64")))) == 1
    assert list(crossed(Project(tmp_path, "linux-64"))) == []
