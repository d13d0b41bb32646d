"""Commands behind a question about platforms are left out."""

from __future__ import annotations

import pytest

from crosscraft.building.check.guards import unguarded
from crosscraft.building.check.scripts import Line, commands


def left(script: str) -> list[str]:
    lines = [Line(text, "build.sh", n) for n, text in enumerate(script.splitlines(), 1)]
    return [command.program for command in unguarded(commands(lines)) if command.program]


@pytest.mark.parametrize(
    "script",
    [
        'if [[ "${CONDA_BUILD_CROSS_COMPILATION:-}" != "1" ]]; then\n  ctest\nfi',
        'if [[ "$CONDA_BUILD_CROSS_COMPILATION" != 1 || "$CROSSCOMPILING_EMULATOR" != "" ]]\n'
        "then\n  cd build\n  ctest\nfi",
        '[[ "$target_platform" == "$build_platform" ]] && ctest',
        '[[ "${CONDA_BUILD_CROSS_COMPILATION:-0}" == 1 ]] || ctest',
        "case $target_platform in\n  linux-64) ctest ;;\nesac",
        'if [[ $foo ]]; then\n  true\nelif [[ "$ARCH" = 64 ]]; then\n  ctest\nfi',
    ],
)
def test_a_command_behind_a_question_is_left_out(script: str) -> None:
    assert "ctest" not in left(script)


@pytest.mark.parametrize(
    "script",
    [
        "ctest",
        'if [[ "$mpi" == nompi ]]; then\n  ctest\nfi',
        'if [[ "$CONDA_BUILD_CROSS_COMPILATION" == 1 ]]; then\n  true\nfi\nctest',
        "cd build && ctest",
    ],
)
def test_any_other_command_is_kept(script: str) -> None:
    assert "ctest" in left(script)
