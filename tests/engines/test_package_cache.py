"""The package cache of one build: all that is shared, nothing that the build made itself."""

from __future__ import annotations

import pytest

from crosscraft import storage
from crosscraft.engines import package_cache


@pytest.fixture
def shared(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return storage.cache("build-packages")


def unpack(folder, name, text="x", lock=True):
    (folder / name).mkdir(parents=True)
    (folder / name / "file").write_text(text)
    if lock:
        (folder / f"{name}.lock").write_text("checksum")


def test_shared_packages_are_lent(shared, tmp_path):
    unpack(shared, "gxx-12-h0_0")
    unpack(shared, "half-1-h0_0", lock=False)
    lent = package_cache.borrow(tmp_path / "own") / "pkgs"
    assert sorted(path.name for path in lent.iterdir()) == ["gxx-12-h0_0", "gxx-12-h0_0.lock"]
    assert (lent / "gxx-12-h0_0/file").read_text() == "x"
    (lent / "gxx-12-h0_0.lock").write_text("other")  # a copy: the shared one stays as it is
    assert (shared / "gxx-12-h0_0.lock").read_text() == "checksum"


def test_what_came_from_the_channel_is_given_back_and_what_was_built_is_not(shared, tmp_path):
    own = package_cache.borrow(tmp_path / "own")
    unpack(own / "pkgs", "python-3.11.2-h0_0")
    unpack(own / "pkgs", "cpp_math-0.1.0-hb0f4dca_0")
    unpack(own / "pkgs", "half-1-h0_0", lock=False)
    package_cache.give_back(own, but={"cpp_math"})
    assert sorted(path.name for path in shared.iterdir()) == [
        "python-3.11.2-h0_0", "python-3.11.2-h0_0.lock"
    ]  # fmt: skip


def test_another_builds_copy_stays(shared, tmp_path):
    own = package_cache.borrow(tmp_path / "own")
    unpack(own / "pkgs", "jq-1-h0_0", "mine")
    unpack(shared, "jq-1-h0_0", "theirs")
    package_cache.give_back(own, but=())
    assert (shared / "jq-1-h0_0/file").read_text() == "theirs"
