"""Pinned wheels, from a package index on this machine."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crosscraft.channel.catalog import Wheel
from crosscraft.channel.wheels import download, path_of
from crosscraft.errors import DownloadError
from crosscraft.platforms import native
from crosscraft.system import processes

WRONG = "0" * 64


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_what_is_pinned_is_fetched_once(index: Any, tmp_path: Path) -> None:
    wheels = [Wheel(name, "1.0", index.add(name)) for name in ("one", "two")]
    folder = tmp_path / "downloads"
    assert path_of(wheels[0], folder) is None

    download(wheels, folder, native())
    for wheel in wheels:
        path = path_of(wheel, folder)
        assert path is not None
        assert path.name == f"{wheel.name}-1.0-py3-none-any.whl"
    assert sum(path.endswith(".whl") for path in index.asked) == 2

    index.asked.clear()
    download(wheels, folder, native())
    assert index.asked == []


def test_other_hash_is_refused_each_time(index: Any, tmp_path: Path) -> None:
    index.add("one")
    for _ in range(2):
        with pytest.raises(DownloadError, match=rf"one 1\.0 that does not have.*{WRONG}") as caught:
            download([Wheel("one", "1.0", WRONG)], tmp_path / "downloads", native())
        assert "The wheel was not used" in caught.value.remedy
        assert left(tmp_path / "downloads") == []


def test_what_came_before_a_failure_is_kept(index: Any, tmp_path: Path) -> None:
    good, bad = Wheel("one", "1.0", index.add("one")), Wheel("two", "1.0", WRONG)
    index.add("two")
    folder = tmp_path / "downloads"
    with pytest.raises(DownloadError):
        download([good, bad], folder, native())
    assert left(folder) == [good.sha256[:16], f"{good.sha256[:16]}/one-1.0-py3-none-any.whl"]


def test_unreachable_index(
    aim_pip: Callable[[str], None], closed_port: int, tmp_path: Path
) -> None:
    aim_pip(f"http://127.0.0.1:{closed_port}")
    with pytest.raises(DownloadError, match=r"^one 1\.0 could not be downloaded.*pip") as caught:
        download([Wheel("one", "1.0", WRONG)], tmp_path / "downloads", native())
    assert "\n" not in str(caught.value)
    assert caught.value.detail
    assert left(tmp_path / "downloads") == []


def test_ended_in_the_middle_leaves_nothing(silent_index: list[str], tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def work() -> None:
        try:
            download([Wheel("one", "1.0", WRONG)], tmp_path / "downloads", native())
        except DownloadError as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while not silent_index and thread.is_alive():
        time.sleep(0.05)
    started = time.monotonic()
    processes.end_all()
    thread.join(10)
    assert not thread.is_alive()
    assert time.monotonic() - started < 5, f"{signal.SIGTERM!r} was not obeyed"
    assert len(errors) == 1
    assert left(tmp_path / "downloads") == []
