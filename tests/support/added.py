"""Packages that `crosscraft channel add` makes, for the tests that need them."""

from __future__ import annotations

import os

import pytest

from crosscraft.channel import local

__all__ = ["need"]


def need(*names: str) -> None:
    """Skip the test if the local channel lacks one of the packages. In CI, fail."""
    have = {one.name for one in local.listing(local.find())}
    missing = [name for name in names if name not in have]
    if missing:
        stop = pytest.fail if "CI" in os.environ else pytest.skip
        stop(f"run `crosscraft channel add {' '.join(missing)}` first")
