"""The package cache of one build: what it was given, and nothing that another build made."""

from __future__ import annotations

from crosscraft.building.engines import package_cache


def unpack(folder, name, checksum=b"checksum"):
    (folder / name).mkdir(parents=True)
    (folder / name / "file").write_text(name)
    (folder / f"{name}.lock").write_bytes(bytes(8) + checksum)
    return folder / name


def test_it_has_what_it_was_given_and_nothing_else(tmp_path):
    given = unpack(tmp_path, "gxx-12-h0_0@aaaa")
    unpack(tmp_path, "other-1-h0_0@aaaa")
    cache = package_cache.create(tmp_path / "own", [given]) / "pkgs"
    assert sorted(path.name for path in cache.iterdir()) == ["gxx-12-h0_0", "gxx-12-h0_0.lock"]
    assert (cache / "gxx-12-h0_0/file").read_text() == "gxx-12-h0_0@aaaa"
    (cache / "gxx-12-h0_0.lock").write_text("other")  # a copy: the shared one stays as it is
    assert (tmp_path / "gxx-12-h0_0@aaaa.lock").read_bytes() == bytes(8) + b"checksum"


def test_of_two_with_one_name_the_later_one_counts(tmp_path):
    both = [unpack(tmp_path, f"jq-1-h0_0@{sum_}", sum_.encode()) for sum_ in ("aaaa", "bbbb")]
    cache = package_cache.create(tmp_path / "own", both) / "pkgs"
    assert (cache / "jq-1-h0_0/file").read_text() == "jq-1-h0_0@bbbb"
    assert (cache / "jq-1-h0_0.lock").read_bytes()[8:] == b"bbbb"
