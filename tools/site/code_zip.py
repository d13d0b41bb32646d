"""The zip of Python code that the page runs: this package's own, and pure wheels."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

from crosscraft.paths import ROOT
from crosscraft.system import tracked

__all__ = ["contents", "write"]

LAYERS = ("crosscraft", "crosscraft/system", "crosscraft/inspection", "crosscraft/views")
"""The folders of the package that inspection and drawing import from. Subfolders of the first one
are not included."""
WHEELS = ("conda-package-streaming", "packaging", "pyelftools")
"""The installed distributions that inspection imports from. requirements.txt pins them."""


def write(path: Path) -> None:
    """Write the zip. The same files give the same bytes."""
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
        for name, source in sorted(contents()):
            archive.writestr(zipfile.ZipInfo(name), source.read_bytes(), zipfile.ZIP_DEFLATED)


def contents() -> Iterator[tuple[str, Path]]:
    """Yield the name in the zip and the path of each module and each licence."""
    for name in tracked.files(ROOT):
        if _is_ours(PurePosixPath(name)):
            yield name, ROOT / name
    for wheel in WHEELS:
        for file in metadata.files(wheel) or ():
            is_program = file.parts[0] == ".."  # in bin/, beside the modules' folder
            if not is_program and (file.suffix == ".py" or "license" in file.name.lower()):
                yield str(file), Path(str(file.locate()))


def _is_ours(path: PurePosixPath) -> bool:
    top, *others = LAYERS
    within = str(path.parent) == top or any(path.is_relative_to(one) for one in others)
    return within and path.suffix == ".py"
