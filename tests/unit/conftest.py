"""A Debian mirror and a package index of our own, that apt and pip are set up with."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.small_mirror import Index, Mirror, Quiet, apt_config, serve


@pytest.fixture
def aim_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make apt use the mirror at a URL alone, and nothing else that this machine has set."""

    def aim(url: str, more: str = "") -> None:
        monkeypatch.setenv("APT_CONFIG", str(apt_config(tmp_path, url, more)))

    return aim


@pytest.fixture
def pool(tmp_path: Path) -> Mirror:
    """An empty mirror that nobody serves: a place to make packages in."""
    return Mirror(tmp_path / "mirror")


@pytest.fixture
def mirror(pool: Mirror, aim_apt: Callable[..., None]) -> Iterator[Mirror]:
    """An empty mirror that apt is set up with; add packages to it, then publish them."""
    with serve(pool.folder, pool.asked) as pool.url:
        aim_apt(pool.url)
        yield pool


@pytest.fixture
def aim_pip(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make pip use the index at a URL alone, and nothing else that this machine has set."""

    def aim(url: str) -> None:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        settings = {"CONFIG_FILE": os.devnull, "INDEX_URL": f"{url}/simple", "RETRIES": "0"}
        for name, value in (settings | {"NO_CACHE_DIR": "1"}).items():
            monkeypatch.setenv(f"PIP_{name}", value)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    return aim


@pytest.fixture
def index(tmp_path: Path, aim_pip: Callable[[str], None]) -> Iterator[Index]:
    """An empty package index; add wheels to it."""
    made = Index(tmp_path / "index")
    with serve(made.folder, made.asked) as url:
        aim_pip(url)
        yield made


@pytest.fixture
def silent_index(tmp_path: Path, aim_pip: Callable[[str], None]) -> Iterator[list[str]]:
    """An index that takes questions and never answers; the questions are the value."""
    asked: list[str] = []
    done = threading.Event()

    class Silent(Quiet):
        def do_GET(self) -> None:
            asked.append(self.path)
            done.wait(60)

    with serve(tmp_path, asked, Silent) as url:
        aim_pip(url)
        yield asked
        done.set()


@pytest.fixture
def closed_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
