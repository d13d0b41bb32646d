"""Each trap, seen here, found, repaired and gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check import catalogue
from tests.support import traps

pytestmark = pytest.mark.builds

SEEN = [trap.name for trap in catalogue.traps() if trap.reproduction]


@pytest.mark.parametrize("name", SEEN)
def test_a_trap_is_found_and_its_fix_is_one(name: str, tmp_path: Path, cache: Path) -> None:
    traps.prove(catalogue.find(name), tmp_path, cache)
