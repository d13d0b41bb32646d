"""Names, URLs and folders, turned into channels."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.channel import select
from crosscraft.channel.select import Channel, choose, in_folder
from crosscraft.errors import ChannelError
from crosscraft.system import settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a channel" / "noarch").mkdir(parents=True)
    (tmp_path / "a channel" / "noarch" / "repodata.json").write_text("{}")
    return tmp_path / "a channel"


@pytest.mark.parametrize(
    "name", ["conda-forge", "https://example.org/channel", "file:///srv/channel"]
)
def test_what_solvers_know_is_passed_on(name: str) -> None:
    assert choose(name) == Channel(name, name)


def test_conda_forge_may_come_from_a_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    for alias in ("https://u:p@mirror.example/conda", "https://u:p@mirror.example/conda/"):
        monkeypatch.setenv(select.ALIAS, alias)
        chosen = choose("conda-forge")
        assert chosen == Channel("conda-forge", "https://u:p@mirror.example/conda/conda-forge")
        assert "u:p" not in repr(chosen)
    monkeypatch.setenv(select.ALIAS, "http://mirror.example")
    with pytest.raises(ChannelError, match="plain http"):
        choose("conda-forge")


def test_local_is_the_one_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select.local, "find", lambda: tmp_path)
    assert choose("local") == Channel("local", tmp_path.as_uri())


def test_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose(str(folder)) == Channel(str(folder), folder.as_uri())
    monkeypatch.chdir(folder.parent)
    assert choose("a channel") == Channel("a channel", folder.as_uri())
    monkeypatch.setenv("HOME", str(folder.parent))
    assert choose("~/a channel").url == folder.as_uri()
    assert "%20" in in_folder(folder, "x").url


@pytest.mark.parametrize("name", ["conda_forge", "lokal", "."])
def test_folder_that_is_no_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ChannelError, match=r"is not a channel.*`local`, `conda-forge`") as caught:
        choose(name)
    assert str(tmp_path) in caught.value.looked


def test_nothing_given_means_the_recorded_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "channel", lambda: "conda-forge")
    assert choose().name == choose("").name == "conda-forge"
