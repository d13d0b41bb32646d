"""The folder of this clone, and the version of the package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ROOT", "__version__"]

__version__ = "0.1.0"

ROOT = Path(__file__).resolve().parent.parent
"""The clone, which contains notebooks/, cpp_math/ and this package."""
