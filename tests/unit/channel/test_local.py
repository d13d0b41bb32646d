"""A folder of channels that root makes and everybody reads: ``CROSSCRAFT_CHANNELS``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crosscraft.channel import local, make, select
from crosscraft.errors import ChannelError, StorageError
from crosscraft.system import files
from crosscraft.system.console import Console


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    shutil.copyfile(local.find() / local.MANIFEST, tmp_path / local.MANIFEST)
    monkeypatch.setenv("CROSSCRAFT_CHANNELS", str(folder))
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return folder


def made(folder: Path) -> Path:
    """A channel, as far as finding it goes; read only."""
    channel = folder / "0123456789ab"
    channel.mkdir()
    shutil.copyfile(folder.parent / local.MANIFEST, channel / local.MANIFEST)
    (folder / local.key()).symlink_to(channel.name)
    channel.chmod(0o555)
    folder.chmod(0o555)
    return channel


def test_it_is_the_local_channel_and_is_not_made_again(shared: Path) -> None:
    channel = made(shared)
    assert select.choose("local").url == channel.as_uri()
    assert make.make(Console()) == channel
    assert sorted(path.name for path in shared.iterdir()) == sorted([local.key(), channel.name])


def test_a_folder_without_one_is_named(shared: Path) -> None:
    with pytest.raises(ChannelError, match=str(shared)):
        local.find()


def test_others_may_not_be_able_to_write_it(shared: Path) -> None:
    shared.chmod(0o777)
    with pytest.raises(StorageError, match="CROSSCRAFT_CHANNELS"):
        local.find()


def test_the_cache_is_the_place_without_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("CROSSCRAFT_CHANNELS", raising=False)
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path))
    assert local.link_path().parent == files.cache("channels")
