"""Pinned wheels, from a package index on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crosscraft.channel.catalog import Wheel
from crosscraft.channel.wheels import downloading, path_of
from crosscraft.errors import DownloadError
from crosscraft.platforms import native

WRONG = "0" * 64


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def download(wheels: list[Wheel], folder: Path) -> None:
    with downloading(wheels, folder, native()) as finish:
        finish()


def test_what_is_pinned_is_fetched_once(index: Any, tmp_path: Path) -> None:
    wheels = [Wheel(name, "1.0", index.add(name)) for name in ("one", "two")]
    folder = tmp_path / "downloads"
    assert path_of(wheels[0], folder) is None

    download(wheels, folder)
    for wheel in wheels:
        path = path_of(wheel, folder)
        assert path is not None
        assert path.name == f"{wheel.name}-1.0-py3-none-any.whl"
    assert sum(path.endswith(".whl") for path in index.asked) == 2

    index.asked.clear()
    download(wheels, folder)
    assert index.asked == []


def test_other_hash_is_refused_each_time(index: Any, tmp_path: Path) -> None:
    index.add("one")
    for _ in range(2):
        with pytest.raises(DownloadError, match=rf"one 1\.0 that does not have.*{WRONG}") as caught:
            download([Wheel("one", "1.0", WRONG)], tmp_path / "downloads")
        assert "Nothing of it was used" in caught.value.remedy
        assert left(tmp_path / "downloads") == []


def test_what_came_before_a_failure_is_kept(index: Any, tmp_path: Path) -> None:
    good, bad = Wheel("one", "1.0", index.add("one")), Wheel("two", "1.0", WRONG)
    index.add("two")
    folder = tmp_path / "downloads"
    with pytest.raises(DownloadError):
        download([good, bad], folder)
    assert left(folder) == [good.sha256[:16], f"{good.sha256[:16]}/one-1.0-py3-none-any.whl"]


def test_unreachable_index(
    aim_pip: Callable[[str], None], closed_port: int, tmp_path: Path
) -> None:
    aim_pip(f"http://127.0.0.1:{closed_port}")
    with pytest.raises(DownloadError, match=r"^one 1\.0 could not be downloaded.*pip") as caught:
        download([Wheel("one", "1.0", WRONG)], tmp_path / "downloads")
    assert "\n" not in str(caught.value)
    assert caught.value.detail
    assert left(tmp_path / "downloads") == []


def test_ended_in_the_middle_leaves_nothing(silent_index: list[str], tmp_path: Path) -> None:
    """The caller gives up, because something else has failed."""
    wheel = Wheel("one", "1.0", WRONG)
    with (
        pytest.raises(ZeroDivisionError),
        downloading([wheel], tmp_path / "downloads", native()),
    ):
        while not silent_index:
            time.sleep(0.05)
        started = time.monotonic()
        raise ZeroDivisionError
    assert time.monotonic() - started < 5, "SIGTERM was not obeyed"
    assert left(tmp_path / "downloads") == []
