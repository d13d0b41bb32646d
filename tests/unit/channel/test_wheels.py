"""Pinned wheels, from a package index on this machine."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crosscraft.channel import wheels
from crosscraft.channel.catalog import PYTHON, Wheel
from crosscraft.channel.wheels import downloading, path_of
from crosscraft.errors import DownloadError
from crosscraft.platforms import PLATFORMS, native

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


@pytest.mark.parametrize("processor", ["x86_64", "aarch64"])
def test_a_tool_is_for_the_machine_that_builds(index: Any, tmp_path: Path, processor: str) -> None:
    """Whatever this machine is: of the wheels for several, and for several Pythons."""
    tags = [f"cp3{minor}-cp3{minor}-manylinux2014_{arch}" for arch in ("x86_64", "aarch64")
            for minor in (10, 11, 12)]  # fmt: skip
    digests = {tag: index.add("tool", tag=tag) for tag in tags}
    (build,) = (one for one in PLATFORMS.values() if one.processor == processor)
    right = f"cp311-cp311-manylinux2014_{processor}"
    wheel = Wheel("tool", "1.0", digests[right])
    with downloading([wheel], tmp_path, build) as finish:
        finish()
    assert path_of(wheel, tmp_path) == tmp_path / wheel.sha256[:16] / f"tool-1.0-{right}.whl"
    other = Wheel("tool", "1.0", digests["cp312-cp312-manylinux2014_x86_64"])
    with pytest.raises(DownloadError), downloading([other], tmp_path, build) as finish:
        finish()


def test_a_wheel_may_name_its_own_platform(index: Any, tmp_path: Path) -> None:
    tag = "py3-none-manylinux2014_ppc64le"
    wheel = Wheel("tool", "1.0", index.add("tool", tag=tag), platform="manylinux2014_ppc64le")
    download([wheel], tmp_path)
    path = path_of(wheel, tmp_path)
    assert path is not None
    assert path.name == f"tool-1.0-{tag}.whl"


def test_pip_gets_locks_and_a_hash_and_builds_nothing(
    index: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source distribution would run its code. Each file is synced before it has its name."""
    tag = f"manylinux2014_{native().processor}"
    wheels_ = [
        Wheel(name, "1.0", index.add(name), platform)
        for name, platform in {"one": "", "two": tag}.items()
    ]
    calls: list[tuple[list[str], dict[str, Any]]] = []
    synced: list[str] = []
    real = wheels.processes.start

    def start(argv: list[str], **options: Any) -> Any:
        calls.append((argv, options))
        (pins,) = (Path(word) for word in argv if word.endswith("pins.txt"))
        assert re.fullmatch(r"(one|two)==1\.0 --hash=sha256:\w{64}\n", pins.read_text())
        return real(argv, **options)

    def sync(path: Path) -> None:
        assert not list(tmp_path.glob(f"*/{path.name}"))
        synced.append(path.name)

    monkeypatch.setattr(wheels.processes, "start", start)
    monkeypatch.setattr(wheels.files, "sync", sync)
    with (tmp_path / "lock").open("w") as lock:
        with downloading(wheels_, tmp_path / "downloads", native(), [lock.fileno()]) as finish:
            assert len(calls) == 2, "they run at the same time"
            finish()
        held = lock.fileno()
    for argv, options in calls:
        assert {"--only-binary=:all:", "--require-hashes", "--no-deps", "download"} <= set(argv)
        assert argv[argv.index("--python-version") + 1] == PYTHON  # whatever runs set-up
        assert list(options["pass_fds"]) == [held]
        assert options["env"]["PIP_INDEX_URL"]
    assert sorted(synced) == ["one-1.0-py3-none-any.whl", "two-1.0-py3-none-any.whl"]


def test_pip_is_run_once_for_what_it_can_take_at_once(
    index: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, *others = [
        Wheel("one", "1.0", WRONG),
        *(Wheel(name, "2.0", index.add(name, version="2.0")) for name in ("one", "two")),
        Wheel("two", "2.0", WRONG, "manylinux2014_ppc64le"),
    ]
    assert wheels._groups([older, *others]) == [[older, others[1]], [others[0]], [others[2]]]
    calls: list[list[str]] = []
    real = wheels.processes.start
    monkeypatch.setattr(
        wheels.processes, "start", lambda argv, **how: calls.append(argv) or real(argv, **how)
    )
    download(others[:2], tmp_path / "downloads")
    assert len(calls) == 1
    assert all(path_of(wheel, tmp_path / "downloads") for wheel in others[:2])


def test_a_wheel_below_another_hash_is_not_taken(index: Any, tmp_path: Path) -> None:
    wheel = Wheel("one", "1.0", index.add("one"))
    download([wheel], tmp_path)
    assert path_of(Wheel("one", "1.0", WRONG), tmp_path) is None
    (tmp_path / WRONG[:16]).mkdir()
    assert path_of(Wheel("one", "1.0", WRONG), tmp_path) is None
    (tmp_path / WRONG[:16] / "b.whl").touch()
    (tmp_path / WRONG[:16] / "a.whl").touch()
    (tmp_path / WRONG[:16] / "RECORD").touch()
    assert path_of(Wheel("one", "1.0", WRONG), tmp_path) == tmp_path / WRONG[:16] / "a.whl"
