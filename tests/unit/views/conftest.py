"""Small packages and a small binary, to be looked into."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.drawn_pages import HOSTILE
from tests.support.small_packages import Item, elf_header, package


@pytest.fixture(scope="session")
def extension() -> Path:
    """A Python extension for this machine: a small one that the notebook server needs."""
    spec = importlib.util.find_spec("markupsafe._speedups")
    assert spec
    assert spec.origin
    return Path(spec.origin)


@pytest.fixture
def folder(tmp_path: Path, extension: Path) -> Path:
    """Two packages: one for x86-64 with an extension, a text, a link; one for AArch64."""
    (tmp_path / "linux-64").mkdir()
    (tmp_path / "linux-aarch64").mkdir()
    package(
        tmp_path / "linux-64" / "a-1-h0000000_0.conda",
        [
            Item(f"lib/python3.11/site-packages/{extension.name}", extension.read_bytes()),
            Item("share/a/readme.txt", b"Read me, please.\n", mode=0o755),
            Item("share/a/data", bytes(range(256)) * 2),
            Item("share/a/latest", type=b"2", target="readme.txt"),
            Item(HOSTILE, b"\x1b[31mred & <b>bold</b>\n"),
        ],
        {"depends": ["python >=3.11", "<script>"]},
        more={"info/about.json": b'{"summary": "a small thing"}\n'},
    )
    package(
        tmp_path / "linux-aarch64" / "b-1-h0000000_0.conda",
        [Item("lib/b.so", elf_header(183))],
        {"name": "b", "subdir": "linux-aarch64"},
    )
    return tmp_path


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Write one package."""

    def write(*items: Item, **index: object) -> Path:
        return package(tmp_path / "made-1-h0000000_0.conda", items, index)

    return write
