"""The programs that our reading is compared with."""

from __future__ import annotations

import shutil

import pytest

from crosscraft.channel import select
from crosscraft.environments import install
from crosscraft.platforms import native


@pytest.fixture(scope="session")
def readelf() -> str:
    """The machine's `readelf`, or the channel's."""
    if found := shutil.which("readelf"):
        return found
    env = install.create(["binutils"], native(), [select.choose()])
    return str(next(iter(sorted((env.prefix / "bin").glob("*readelf")))))
