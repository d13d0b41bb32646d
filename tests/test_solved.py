"""A solve that is not done again comes to what it would come to: tests that try to fool it."""

from __future__ import annotations

import json

import pytest
from small_packages import Item
from test_hostile_channels import channel_of

from crosscraft import environment, solved, storage
from crosscraft.channel.choice import Channel, in_folder
from crosscraft.platforms import lookup, native


@pytest.fixture
def asked(tmp_path):
    """What is asked of a channel with two subdirs and an index in each, and the channel."""
    for subdir in ("linux-64", "linux-aarch64", "noarch"):
        folder = tmp_path / "a channel" / subdir
        folder.mkdir(parents=True)
        (folder / "repodata.json").write_text(json.dumps({"info": {"subdir": subdir}}))
    channel = in_folder(tmp_path / "a channel", "c")
    return channel, (["a", "b"], native(), [channel], None)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A cache with nothing in it."""
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))


def test_the_same_request_has_the_same_place(asked):
    assert solved.place(*asked[1]) == solved.place(*asked[1])


@pytest.mark.parametrize(
    ("number", "other"),
    [
        (0, ["a"]),
        (0, ["a", "b >2"]),
        (1, lookup("linux-aarch64")),
        (2, []),
        (3, "2.36"),
    ],
)
def test_another_request_has_another(asked, number, other):
    request = list(asked[1])
    request[number] = other
    assert solved.place(*request) != solved.place(*asked[1])


@pytest.mark.parametrize(
    "path",
    [
        "linux-64/repodata.json",
        "noarch/repodata.json",
        "linux-64/repodata.json.zst",
        "noarch/repodata_shards.msgpack.zst",
    ],
)
def test_an_index_that_changes_in_any_form_has_another(asked, path):
    channel, request = asked
    before = solved.place(*request)
    (channel.folder / path).write_text("{}")
    assert solved.place(*request) != before


def test_what_the_machine_provides_counts(asked, monkeypatch):
    before = solved.place(*asked[1])
    monkeypatch.setenv("CONDA_OVERRIDE_GLIBC", "2.17")
    assert solved.place(*asked[1]) != before


def test_a_channel_elsewhere_is_always_asked(asked):
    channel, request = asked
    for url in ("conda-forge", "https://example.org/c"):
        specs, platform, _, glibc = request
        assert solved.place(specs, platform, [channel, Channel("far", url)], glibc) is None
    assert solved.look_up(None) is None
    solved.keep(None, "nothing happens")


def test_a_solve_is_not_done_twice(own, tmp_path, monkeypatch):
    channels = [in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")]
    made = environment.create(["a"], native(), channels)
    real = environment.solve
    monkeypatch.setattr(environment, "solve", None)
    assert environment.create(["a"], native(), channels) == made
    # An environment that is gone, or not whole, is made again.
    monkeypatch.setattr(environment, "solve", real)
    (made.prefix / "conda-meta/crosscraft-complete").unlink()
    (made.prefix / "ok").unlink()
    assert environment.create(["a"], native(), channels) == made
    assert (made.prefix / "ok").read_bytes() == b"x"


def test_a_package_that_is_built_anew_is_another(own, tmp_path):
    channels = [in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")]
    first = environment.create(["a"], native(), channels)
    channel_of(tmp_path / "c", [Item("ok", b"another")])
    second = environment.create(["a"], native(), channels)
    assert (second.prefix / "ok").read_bytes() == b"another"
    assert first.prefix != second.prefix


@pytest.mark.parametrize("kept", ["", "../elsewhere", "no such", "\xff"])
def test_an_answer_that_is_none_is_no_answer(own, tmp_path, kept):
    channels = [in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")]
    made = environment.create(["a"], native(), channels)
    solved.place(["a"], native(), channels, None).write_bytes(kept.encode("latin-1"))
    assert environment.create(["a"], native(), channels) == made


def test_the_latest_answers_are_kept(own, monkeypatch):
    monkeypatch.setattr(solved, "_KEEP", 2)
    for name in "abc":
        solved.keep(storage.cache("solved") / name, "x")
    assert len(list(storage.cache("solved").iterdir())) == 2
