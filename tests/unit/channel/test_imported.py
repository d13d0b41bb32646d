"""A channel from another machine is taken over whole and unchanged, or not at all."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from crosscraft.channel import imported, local
from crosscraft.errors import ChannelError
from crosscraft.system import files
from crosscraft.system.console import Console


@pytest.fixture
def channel(tmp_path: Path) -> Path:
    """This machine's own local channel, with packages of a byte each, listed as they are."""
    whole = local.find()
    rows = json.loads((whole / local.MANIFEST).read_text())["packages"]
    folder = tmp_path / "channel"
    for row in rows:
        path = folder / row["subdir"] / f"{row['name']}-{row['version']}-{row['build']}.conda"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        row["sha256"] = files.sha256(path)
    (folder / local.MANIFEST).write_text(json.dumps({"packages": rows}))
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: Path) -> Path:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def take(channel: Path) -> tuple[Path, str]:
    said = io.StringIO()
    return imported.import_channel(channel, Console(said)), said.getvalue()


def test_taken_once(channel: Path, cache: Path) -> None:
    taken, said = take(channel)
    assert taken == local.find()
    assert taken.parent == cache / "channels"
    assert said.startswith("copying the channel")
    assert sorted(p.name for p in taken.rglob("*")) == sorted(p.name for p in channel.rglob("*"))
    assert take(channel / "not looked at") == (taken, "")


def test_this_machines_own_passes() -> None:
    whole = local.find()
    assert imported.check(whole) == whole.name


def test_what_a_kill_left_goes(channel: Path, cache: Path) -> None:
    left = cache / "channels" / f".carried-{local.key()}"
    (left / "linux-64").mkdir(parents=True)
    (left / "linux-64" / "half.conda").touch()
    taken, _ = take(channel)
    assert not left.exists()
    assert not list(taken.rglob("half.conda"))


def break_package(channel: Path) -> str:
    next(channel.glob("*/gxx_linux-64-*.conda")).write_bytes(b"y")
    return r"gxx_linux-64-.*\.conda does not have its checksum"


def remove_package(channel: Path) -> str:
    next(channel.glob("*/cmake-*.conda")).unlink()
    return "its packages are not the listed ones"


def add_package(channel: Path) -> str:
    (channel / "noarch" / "more-1-0.conda").touch()
    return "its packages are not the listed ones"


def other_catalog(channel: Path) -> str:
    path = channel / local.MANIFEST
    rows = json.loads(path.read_text())["packages"]
    row = next(row for row in rows if row["name"] == "cmake")
    old = channel / row["subdir"] / f"{row['name']}-{row['version']}-{row['build']}.conda"
    row["build"] = "h1234567_0"
    old.rename(old.with_name(f"{row['name']}-{row['version']}-{row['build']}.conda"))
    path.write_text(json.dumps({"packages": rows}))
    return "another version of the catalog"


def no_manifest(channel: Path) -> str:
    (channel / local.MANIFEST).write_text("{}")
    return rf"it has no valid {local.MANIFEST}"


@pytest.mark.parametrize(
    "change", [break_package, remove_package, add_package, other_catalog, no_manifest]
)
def test_what_is_not_ours_is_refused(channel: Path, cache: Path, change) -> None:
    why = change(channel)
    with pytest.raises(ChannelError, match=why) as caught:
        take(channel)
    assert str(channel) in str(caught.value), "it names the folder given, and no copy of it"
    with pytest.raises(ChannelError, match="has not been made yet"):
        local.find()
    assert not list((cache / "channels").iterdir())


def test_nowhere(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(ChannelError, match=r"nowhere.*it has no crosscraft\.json"):
        take(tmp_path / "nowhere")
