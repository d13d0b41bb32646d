"""Credentials in channels' URLs: where they go, and which cannot go there."""

from __future__ import annotations

import json

import pytest

from crosscraft.building.engines import credentials
from crosscraft.errors import EngineError


def test_they_are_moved_into_a_file_of_its_owner(tmp_path):
    given = (
        "https://me:p%40ss@one.example/conda",
        "https://two.example/t/TOKEN-1/conda",
        "https://me:p%40ss@one.example/other",
        "conda-forge",
        "file:///srv/t/x/channel",
        "https://three.example/conda",
    )
    bare, known = credentials.move(given, tmp_path / "made" / "auth.json")
    assert bare == (
        "https://one.example/conda",
        "https://two.example/conda",
        "https://one.example/other",
        *given[3:],
    )
    file = tmp_path / "made" / "auth.json"
    assert known == {"RATTLER_AUTH_FILE": str(file)}
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text()) == {
        "one.example": {"BasicHTTP": {"username": "me", "password": "p@ss"}},
        "two.example": {"CondaToken": "TOKEN-1"},
    }


def test_without_any_there_is_no_file(tmp_path):
    urls = ("conda-forge", "http://127.0.0.1:8/c", "file:///c")
    assert credentials.move(urls, tmp_path / "auth.json") == (urls, {})
    assert not (tmp_path / "auth.json").exists()


@pytest.mark.parametrize(
    "urls",
    [
        ("https://a.example/c?token=hunter2",),
        ("https://a.example/get/t/hunter2/c",),
        ("https://me:hunter2@a.example/c", "https://you:hunter3@a.example/c"),
        ("https://me:hunter2@a.example/t/hunter3/c",),
    ],
)
def test_what_the_file_cannot_hold_is_refused_and_not_said(tmp_path, urls):
    with pytest.raises(EngineError, match=r"a\.example") as raised:
        credentials.move(urls, tmp_path / "auth.json")
    assert "hunter" not in str(raised.value)
    assert not (tmp_path / "auth.json").exists()


@pytest.mark.parametrize(
    ("url", "bare", "host", "held"),
    [
        ("https://me@a.example/c", "https://a.example/c", "a.example", ("me", "")),
        ("https://me:p@ss@a.example/c", "https://a.example/c", "a.example", ("me", "p@ss")),
        ("https://m%40e:p%3Ass@a.example:8443/c?x=1", "https://a.example:8443/c?x=1", "a.example",
         ("m@e", "p:ss")),
        ("https://a.example/t/to-ken/a/b", "https://a.example/a/b", "a.example", "to-ken"),
        ("https://A.example/t/to-ken", "https://A.example/", "a.example", "to-ken"),
        ("file:///t/folder/channel", None, None, None),
        ("file:///srv/t/me:pass@word", None, None, None),
        ("a/t/b", None, None, None),
    ],
)  # fmt: skip
def test_what_of_a_url_is_a_credential(tmp_path, url, bare, host, held):
    moved, known = credentials.move([url], tmp_path / "auth.json")
    assert moved == (bare or url,)
    if held is None:
        assert known == {}
        return
    user = {"BasicHTTP": {"username": held[0], "password": held[1]}}
    expected = {"CondaToken": held} if isinstance(held, str) else user
    assert json.loads((tmp_path / "auth.json").read_text()) == {host: expected}


def test_the_same_credential_twice_is_one_and_another_is_refused(tmp_path):
    urls = ["https://a.example/t/one/c", "https://a.example/c", "https://a.example/t/one/d"]
    moved, _ = credentials.move(urls, tmp_path / "auth.json")
    assert moved == ("https://a.example/c", "https://a.example/c", "https://a.example/d")
    with pytest.raises(EngineError):
        credentials.move([*urls, "https://a.example/t/two/d"], tmp_path / "other.json")
