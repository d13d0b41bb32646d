"""The package cache of one build: all that is shared, nothing that the build made itself."""

from __future__ import annotations

import pytest

from crosscraft import storage
from crosscraft.engines import package_cache

CHECKSUM = b"checksum" * 4
"""32 bytes, as a SHA-256 has."""


@pytest.fixture
def shared(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return storage.cache("build-packages")


def unpack(folder, name, text="x", lock=True, checksum=CHECKSUM):
    (folder / name).mkdir(parents=True)
    (folder / name / "file").write_text(text)
    if lock:
        (folder / f"{name}.lock").write_bytes(bytes(8) + checksum)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


SUM = CHECKSUM.hex()[:16]


def test_shared_packages_are_lent(shared, tmp_path):
    unpack(shared, f"gxx-12-h0_0@{SUM}")
    unpack(shared, f"half-1-h0_0@{SUM}", lock=False)
    lent = package_cache.borrow(tmp_path / "own") / "pkgs"
    assert names(lent) == ["gxx-12-h0_0", "gxx-12-h0_0.lock"]
    assert (lent / "gxx-12-h0_0/file").read_text() == "x"
    (lent / "gxx-12-h0_0.lock").write_text("other")  # a copy: the shared one stays as it is
    assert (shared / f"gxx-12-h0_0@{SUM}.lock").read_bytes() == bytes(8) + CHECKSUM


def test_what_came_from_the_channel_is_given_back_and_what_was_built_is_not(shared, tmp_path):
    own = package_cache.borrow(tmp_path / "own")
    unpack(own / "pkgs", "python-3.11.2-h0_0")
    unpack(own / "pkgs", "cpp_math-0.1.0-hb0f4dca_0")
    unpack(own / "pkgs", "half-1-h0_0", lock=False)
    unpack(own / "pkgs", "begun-1-h0_0", checksum=b"")  # rattler was ended while it unpacked
    package_cache.give_back(own, but={"cpp_math"})
    assert names(shared) == [f"python-3.11.2-h0_0@{SUM}", f"python-3.11.2-h0_0@{SUM}.lock"]


def test_another_builds_copy_stays(shared, tmp_path):
    own = package_cache.borrow(tmp_path / "own")
    unpack(own / "pkgs", "jq-1-h0_0", "mine")
    unpack(shared, f"jq-1-h0_0@{SUM}", "theirs")
    package_cache.give_back(own, but=())
    assert (shared / f"jq-1-h0_0@{SUM}/file").read_text() == "theirs"


def test_another_package_of_the_same_name_does_not_hide_the_new_one(shared, tmp_path):
    unpack(shared, f"jq-1-h0_0@{SUM}", "old")
    own = package_cache.borrow(tmp_path / "own")
    (own / "pkgs/jq-1-h0_0").unlink()  # as rattler-build does where the checksum is another
    unpack(own / "pkgs", "jq-1-h0_0", "new", checksum=b"another!" * 4)
    package_cache.give_back(own, but=())
    lent = package_cache.borrow(tmp_path / "next") / "pkgs"
    assert (lent / "jq-1-h0_0/file").read_text() == "new"
    assert (shared / f"jq-1-h0_0@{SUM}/file").read_text() == "old"
