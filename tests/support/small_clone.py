"""A clone with a few files of the repository, and with others that lie in it."""

from __future__ import annotations

from pathlib import Path

from crosscraft.paths import ROOT

TRACKED = (
    ".gitignore",
    "Makefile",
    "cpp_math/recipe/recipe.yaml",
    "crosscraft/cli/main.py",
    "docs/a b.md",
)
"""The files of the repository, sorted."""

_OTHERS = (
    ".venv/bin/python", "crosscraft/__pycache__/cli.pyc", "workspace/mine.cpp", "old.tar",
    "cpp_math/output/noarch/p.conda", "cpp_math/build/math.o", ".setup.lock", ".bundle-x/w",
    "cpp_math/.pixi/envs/default",
)  # fmt: skip


def write(root: Path) -> Path:
    """Write the clone into the new folder `root`, and return that."""
    for name in (*TRACKED[1:], *_OTHERS):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    return root
