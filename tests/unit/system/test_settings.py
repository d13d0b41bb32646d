"""What set-up recorded, and what holds if it recorded nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crosscraft.system import settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    return tmp_path / "share" / "crosscraft" / "settings.json"


def test_recorded_channel_is_remembered(file: Path) -> None:
    assert settings.channel() == "local"
    settings.record_channel("conda-forge")
    assert file.is_file()
    assert settings.channel() == "conda-forge"
    settings.record_channel("/srv/a channel")
    assert settings.channel() == "/srv/a channel"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"other": 1}', "\0", '"x"'])
def test_damaged_file_means_the_default(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert settings.channel() == "local"


def test_the_recorded_channel_is_for_its_owner_alone(file: Path) -> None:
    """A channel's URL may have a token, also if the file was readable before."""
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    file.chmod(0o644)
    settings.record_channel("https://conda.example/t/hunter2/c")
    assert file.stat().st_mode & 0o777 == 0o600
