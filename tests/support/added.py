"""Packages that set-up leaves out, and that a test needs."""

from __future__ import annotations

import os

import pytest

from crosscraft.channel import local

__all__ = ["need"]


def need(*names: str) -> None:
    """Skip the test if the local channel lacks a package. In CI, fail.

    ``make test`` adds all that it can.
    """
    missing = set(names) - {one.name for one in local.listing(local.find())}
    if missing:
        stop = pytest.fail if "CI" in os.environ else pytest.skip
        stop(f"run `crosscraft channel add {' '.join(sorted(missing))}`")
