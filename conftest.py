"""How notebooks run as tests: each alone and cold, in a workspace of its own.

`pytest --nbval` executes every cell and compares its stored output. What may differ between
two machines is replaced on both sides first, by tests/sanitize.cfg.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nbval.kernel
import pytest

from crosscraft import kernels

WORKSPACE = "CROSSCRAFT_WORKSPACE"
_SANITIZE = Path(__file__).parent / "tests" / "sanitize.cfg"


def pytest_configure(config: pytest.Config) -> None:
    """Talk to kernels by Unix sockets, and sanitize outputs wherever pytest is called from."""
    nbval.kernel.KernelManager = kernels.SocketManager
    config.option.nbval_sanitize_with = config.option.nbval_sanitize_with or str(_SANITIZE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Give each file's tests a workspace of their own. A notebook's kernel starts in it."""
    folders = item.config.stash.setdefault(_FOLDERS, {})
    if item.path not in folders:
        factory: pytest.TempPathFactory = item.config._tmp_path_factory  # type: ignore[attr-defined]
        folders[item.path] = factory.mktemp(item.path.stem, numbered=True)
    os.environ[WORKSPACE] = str(folders[item.path])
    return (yield)


_FOLDERS = pytest.StashKey[dict[Path, Path]]()
