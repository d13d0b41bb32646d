"""Write the error reference from the traps.

    python -m tools.errors

writes a page in docs/errors/ for each file of crosscraft/traps/, and the tables of
docs/errors/README.md. The text around the tables is written by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from crosscraft.building.check import catalogue
from crosscraft.building.check.model import Trap
from crosscraft.paths import ROOT
from crosscraft.system import files
from tools.error_page import escaped, page, title

__all__ = ["FOLDER", "INDEX", "main", "pages", "write"]

FOLDER = ROOT / "docs" / "errors"
"""The folder of the pages."""
INDEX = "README.md"
"""The page with the tables."""

_BEGIN = "<!-- The errors: written by `python -m tools.errors` -->\n"
_END = "<!-- End of the errors -->\n"

_SILENT = "No message"
_OTHERS = "Other tools"
_GROUPS = {
    "CMake and ninja": ("cmake", "ctest", "cpack", "findpython", "ninja", "cpp_math"),
    "Compilers and linkers": (
        "g++", "gcc", "gfortran", "clang", "apple", "xcode", "as", "assembler", "ld", "lld",
        "llvm", "mold", "collect2", "binutils", "ar", "strip", "objcopy", "patchelf",
    ),
    "Python, nanobind and pybind11": (
        "python", "cpython", "nanobind", "pybind11", "cython", "numpy", "mypy", "pyright",
    ),
    "pip, setuptools and Meson": (
        "pip", "setuptools", "distutils", "wheel", "build", "meson", "meson-python",
        "scikit-build", "scikit-build-core", "crossenv", "cibuildwheel", "auditwheel",
    ),
    "conda, rattler-build and pixi": (
        "conda", "mamba", "micromamba", "conda-build", "conda-smithy", "rattler-build",
        "py-rattler-build", "rattler", "pixi", "crosscraft",
    ),
    "Make, autotools, cargo and others": (
        "make", "autoconf", "autotools", "configure", "config.sub", "libtool", "pkg-config",
        "pkgconf", "cargo", "rustc", "maturin", "pyo3", "setuptools-rust", "go", "bazel",
    ),
    "The system": (
        "linux", "glibc", "musl", "ld.so", "qemu", "bash", "sh", "dash", "zsh", "macos", "dyld",
        "docker", "podman",
    ),
}  # fmt: skip
"""The headings of the tables, and the first words of the tools' names."""


def main() -> int:
    """Write the pages, remove those of former traps, and return the exit status."""
    write(FOLDER, catalogue.traps())
    return 0


def write(folder: Path, traps: Sequence[Trap]) -> None:
    """Write the pages of `traps` into `folder`, whose index exists."""
    made = pages((folder / INDEX).read_text(encoding="utf-8"), traps)
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        files.write(folder / name, text)


def pages(index: str, traps: Sequence[Trap]) -> dict[str, str]:
    """Return the texts of all pages by file name.

    :param index: the present text of the index.
    :raises ValueError: if the index lacks the markers around the tables.
    """
    before, _, rest = index.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise ValueError(f"{INDEX} has no lines {_BEGIN.strip()!r} and {_END.strip()!r}")
    tables = "\n".join(_tables(traps))
    made = {f"{trap.name}.md": page(trap) for trap in traps}
    return {INDEX: f"{before}{_BEGIN}\n{tables}\n{_END}{after}", **made}


def _tables(traps: Sequence[Trap]) -> Iterator[str]:
    for heading in (*_GROUPS, _OTHERS, _SILENT):
        rows = sorted(row for trap in traps for row in _rows(trap, heading))
        if rows:
            yield f"## {heading}\n\n| what you see | error |\n|---|---|"
            yield from rows
            yield ""


def _rows(trap: Trap, heading: str) -> Iterator[str]:
    """Yield the row of a trap in a table, if the table has one for it."""
    here = [each for each in trap.symptoms if _group(each.tool) == heading]
    if here or (heading == _SILENT and not trap.symptoms):
        others = [each.contains for each in here if each.contains not in trap.title]
        shown = [title(trap), *(escaped(words) for words in dict.fromkeys(others))]
        cell = "<br>".join(shown).replace("|", "\\|")
        yield f"| {cell} | [{trap.name}]({trap.name}.md) |"


def _group(tool: str) -> str:
    """Return the heading of the table for a tool."""
    word = tool.lower().removeprefix("gnu ").split()[0].rstrip(",:").removesuffix("'s")
    return next((heading for heading, tools in _GROUPS.items() if word in tools), _OTHERS)


if __name__ == "__main__":
    sys.exit(main())
