"""A repository with all that a site needs, and little in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crosscraft.paths import ROOT
from tests.support.small_site import lesson


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., Path]:
    """Make a small repository, with more files or others in it."""

    def make(**files: str) -> Path:
        root = tmp_path / "repository"
        shutil.copytree(ROOT / "docs" / "site", root / "docs" / "site")
        texts = {
            ".gitignore": "",
            "README.md": "# Crosscraft\n\nSee [the glossary](docs/glossary.md#elf).\n",
            "docs/glossary.md": "# Glossary\n\n## ELF\nThe format.\n",
            "cpp_math/recipe.yaml": "package:\n  name: cpp_math\n",
            "notebooks/00-one.ipynb": lesson("00", "One"),
            "notebooks/images/build-host-target.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
        }
        for name, text in (texts | files).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return root

    return make
