"""A project from each template, built for another processor, and run under emulation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import examples
from tests.support.examples import TEMPLATES

pytestmark = [pytest.mark.builds, pytest.mark.emulates]


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_is_verified_and_prints_its_answer(name: str, cache: Path, tmp_path: Path) -> None:
    project = examples.render(name, tmp_path)
    examples.check(examples.build(TEMPLATES[name], project, "linux-aarch64", cache))
