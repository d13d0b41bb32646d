"""Each example, built for another processor, and run under emulation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import examples

pytestmark = [pytest.mark.builds, pytest.mark.emulates]


@pytest.mark.parametrize("name", examples.EXAMPLES)
def test_it_is_verified_and_prints_its_answer(name: str, cache: Path, tmp_path: Path) -> None:
    examples.check(examples.build(name, "linux-aarch64", tmp_path, cache))
