"""The helper package behind the Crosscraft notebooks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosscraft.inspection import Inspection

__all__ = ["ROOT", "__version__", "inspect"]

__version__ = "0.1.0"

ROOT = Path(__file__).resolve().parent.parent
"""The clone: notebooks/, cpp_math/ and this package live in it."""


def inspect(path: str | os.PathLike[str]) -> Inspection:
    """Say what the file `path` is: a conda package, an ELF binary or a static library.

    :raises CrosscraftError: if it is none of these, or cannot be read.
    """
    from crosscraft import inspection

    return inspection.inspect(path)
