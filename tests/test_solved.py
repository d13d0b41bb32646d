"""A solve that is not done again comes to what it would come to: tests that try to fool it."""

from __future__ import annotations

import contextlib
import dataclasses
import json

import pytest
from small_packages import Item
from test_hostile_channels import channel_of

from crosscraft.channel.select import Channel, in_folder
from crosscraft.environments import install, solved, store
from crosscraft.errors import InstallError, StorageError
from crosscraft.platforms import lookup, native
from crosscraft.system import distributions, files


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


def test_the_solver_counts(asked, monkeypatch):
    before = solved.place(*asked[1])
    assert any(one.startswith("py_rattler-") for one in distributions.installed())
    monkeypatch.setattr(distributions, "installed", lambda: ["py_rattler-99.0"])
    assert solved.place(*asked[1]) != before


@pytest.mark.parametrize("kind", ["environment", "packages"])
def test_an_index_that_is_no_file_is_not_waited_for(asked, kind):
    """Nobody knows what a solver would make of it."""
    channel, request = asked
    (channel.folder / "noarch/repodata.json.lock").mkdir()
    assert solved.place(*request, kind) is None


def test_a_channel_elsewhere_is_always_asked(asked):
    channel, request = asked
    for url in ("conda-forge", "https://example.org/c"):
        specs, platform, _, glibc = request
        assert solved.place(specs, platform, [channel, Channel("far", url)], glibc) is None
    assert solved.look_up(None) is None
    solved.keep(None, "nothing happens")


def test_a_solve_is_not_done_twice(own, tmp_path, monkeypatch):
    channels = [in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")]
    made = install.create(["a"], native(), channels)
    real = install.solve
    monkeypatch.setattr(install, "solve", None)
    assert install.create(["a"], native(), channels) == made
    # An environment that is gone, or not whole, is made again.
    monkeypatch.setattr(install, "solve", real)
    (made.prefix / "conda-meta/crosscraft-complete").unlink()
    (made.prefix / "ok").unlink()
    assert install.create(["a"], native(), channels) == made
    assert (made.prefix / "ok").read_bytes() == b"x"


def test_a_package_that_is_built_anew_is_another(own, tmp_path):
    channels = [in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")]
    first = install.create(["a"], native(), channels)
    channel_of(tmp_path / "c", [Item("ok", b"another")])
    second = install.create(["a"], native(), channels)
    assert (second.prefix / "ok").read_bytes() == b"another"
    assert first.prefix != second.prefix


@pytest.mark.parametrize("kept", ["", "../elsewhere", "no such", "\xff"])
def test_an_answer_that_is_none_is_no_answer(own, tmp_path, kept):
    channels = [in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")]
    made = install.create(["a"], native(), channels)
    solved.place(["a"], native(), channels, None).write_bytes(kept.encode("latin-1"))
    assert install.create(["a"], native(), channels) == made


def test_the_latest_answers_are_kept(own, monkeypatch):
    monkeypatch.setattr(solved, "_KEEP", 2)
    for name in "abc":
        solved.keep(files.cache("solved") / name, "x")
    assert len(list(files.cache("solved").iterdir())) == 2


# ── the packages that a build will need ─────────────────────────────────────────────────


@pytest.fixture
def output(tmp_path):
    """A channel that builds are put into, with a package of the recipe's own."""

    def put(**more) -> Channel:
        row = {"name": "own", "version": "1", "build": "0", "depends": []}
        index = {"packages.conda": {"own-1-0.conda": row} | more}
        (tmp_path / "output/linux-64").mkdir(parents=True, exist_ok=True)
        (tmp_path / "output/linux-64/repodata.json").write_text(json.dumps(index))
        return in_folder(tmp_path / "output", "o")

    return put


def _place(channels, *specs):
    return solved.place(specs or ["a"], native(), channels, None, "packages", {"own"})


def test_packages_that_nobody_asks_for_come_and_go(asked, output):
    channel, _ = asked
    before = _place([channel])
    assert _place([output(), channel]) == before
    newer = {"own-2-0.conda": {"name": "own", "version": "2", "build": "0"}}
    assert _place([output(**newer), channel]) == before
    # Not so for an environment, which may have them in it.
    assert solved.place(["a"], native(), [output(), channel], None) != before


def test_other_packages_of_the_output_channel_count(asked, output):
    channel, _ = asked
    other = {"a-2-0.conda": {"name": "a", "version": "2", "build": "0"}}
    assert _place([output(**other), channel]) != _place([channel])


@pytest.mark.parametrize("where", ["the output channel", "the other channel", "the request"])
def test_where_they_are_spoken_of_they_count(asked, output, where):
    channel, _ = asked
    needs = {"a-2-0.conda": {"name": "a", "version": "2", "build": "0", "depends": ["own >1"]}}
    if where == "the other channel":
        index = {"packages.conda": needs}
        (channel.folder / "linux-64/repodata.json").write_text(json.dumps(index))
    specs = ("a", "c::own") if where == "the request" else ("a",)
    rest = needs if where == "the output channel" else {}
    first = _place([output(**rest), channel], *specs)
    newer = {"own-2-0.conda": {"name": "own", "version": "2", "build": "0"}}
    assert _place([output(**rest, **newer), channel], *specs) != first


def test_what_was_solved_for_a_build_is_not_solved_again(own, tmp_path, monkeypatch):
    channels = [in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")]
    needed = install.needed(["a"], native(), channels)
    assert [one.name for one in needed] == ["a"]
    monkeypatch.setattr(install, "solve", None)
    assert install.needed(["a"], native(), channels) == needed


@pytest.mark.parametrize("kept", ["", "{}", "[1]", '[{"name": "a"}]', "\xff"])
def test_packages_that_are_none_are_no_answer(own, tmp_path, kept):
    channels = [in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")]
    needed = install.needed(["a"], native(), channels)
    place = solved.place(["a"], native(), channels, None, "packages")
    assert place.exists()
    place.write_bytes(kept.encode("latin-1"))
    assert install.needed(["a"], native(), channels) == needed


OWN = '{"packages.conda": {"own-1-0.conda": {"name": "own"}}, "v3": {"a": {"name": "%s"}}}'


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("[" * 100_000 + '"own"', "[" * 99_999 + '"own"'),
        ('{"packages.conda": {"own-1-0.conda": 3}}', '{"packages.conda": {"own-1-0.conda": 4}}'),
        (OWN % "a", OWN % "b"),
    ],
    ids=["nested", "no rows", "a section of tomorrow"],
)
def test_an_index_that_is_not_understood_counts_as_it_is(asked, output, text, other):
    channel, _ = asked
    index = output().folder / "linux-64/repodata.json"
    index.write_text(text)
    first = _place([output_of(index), channel])
    assert first not in (None, _place([channel]))
    index.write_text(other)
    assert _place([output_of(index), channel]) != first


def output_of(index) -> Channel:
    return in_folder(index.parent.parent, "o")


def test_an_index_that_is_very_large_is_not_looked_through(asked, output, monkeypatch):
    channel, request = asked
    monkeypatch.setattr(solved, "_LARGEST", 20)
    assert _place([output(), channel]) is None
    assert solved.place(*request) is not None


def test_what_cannot_be_kept_is_compared_all_the_same(own, tmp_path, monkeypatch):
    channels = [in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")]

    def full(*_):
        raise StorageError("the disk is full", remedy="Free some space.")

    with monkeypatch.context() as now:
        now.setattr(files, "write", full)
        with pytest.raises(StorageError):  # the store cannot be written either
            install.needed(["a"], native(), channels)
    install.fetch(install.needed(["a"], native(), channels), native(), channels)
    files.discard(files.cache("solved"))
    with monkeypatch.context() as now:
        now.setattr(files, "write", full)
        assert len(install.needed(["a"], native(), channels)) == 1
    assert not list(files.cache("solved").iterdir())


def test_a_package_that_is_gone_is_solved_for_anew(own, tmp_path):
    channel = in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")
    (needed,) = install.needed(["a"], native(), [channel])
    place = solved.place(["a"], native(), [channel], None, "packages")
    elsewhere = dataclasses.replace(needed, url="file:///no/such", sha256="00" * 32)
    solved.keep_packages(place, [elsewhere])
    assert install.needed(["a"], native(), [channel]) == [needed]


def test_an_index_that_changed_meanwhile_answers_nothing(own, tmp_path, monkeypatch):
    channel = in_folder(channel_of(tmp_path / "c", [Item("ok", b"x")]), "c")
    real = install.solve

    def meanwhile(*asked, **more):
        (channel.folder / "noarch").mkdir(exist_ok=True)
        (channel.folder / "noarch/repodata.json.zst").write_bytes(b"")
        return real(*asked, **more)

    monkeypatch.setattr(install, "solve", meanwhile)
    monkeypatch.setattr(install, "fetch", lambda *_: None)
    with contextlib.suppress(InstallError):
        install.needed(["a"], native(), [channel])
    assert not list(files.cache("solved").iterdir())


def test_it_holds_no_credentials_that_a_failed_test_would_show():
    one = store.Wanted("a", "1", "0", "a-1-0.conda", "", "http://u:p@h/a", "http://u:p@h")
    assert "u:p" not in repr(one)
