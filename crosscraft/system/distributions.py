"""What is installed beside this package, by the names that pip gives to folders: to read more of
it, as importlib.metadata does, takes longer than a short command has."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["installed", "version"]

_SUFFIX = ".dist-info"


def installed() -> list[str]:
    """Return name and version of every distribution, as in ``py_rattler-0.28.0``, sorted."""
    folders = [path for path in map(Path, sys.path) if path.name == "site-packages"]
    return sorted(
        entry.name.removesuffix(_SUFFIX)
        for folder in folders
        if folder.is_dir()
        for entry in folder.iterdir()
        if entry.name.endswith(_SUFFIX)
    )


def version(name: str) -> str:
    """Return the version of the distribution `name`.

    :raises importlib.metadata.PackageNotFoundError: if it is not installed.
    """
    known = dict(one.split("-", 1) for one in installed() if "-" in one)
    found = known.get(name.replace("-", "_"))
    if found is not None:
        return found
    from importlib.metadata import version

    return version(name)
