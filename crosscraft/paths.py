"""Where this clone is, and which version of the package it has."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ROOT", "__version__"]

__version__ = "0.1.0"

ROOT = Path(__file__).resolve().parent.parent
"""The clone: notebooks/, cpp_math/ and this package are in it."""
