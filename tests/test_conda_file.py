""".conda files: the facts in them, and bad files told by what they are."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
import zipfile

import pytest
from backports import zstd

from crosscraft import conda_file
from crosscraft.errors import CrosscraftError

INDEX = {"name": "a", "version": "1", "build": "h0_0", "subdir": "linux-64"}


def tar(**members: bytes) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return zstd.compress(raw.getvalue())


def package(path, index=INDEX, paths=("lib/b", "lib/a"), **more: bytes):
    """A small .conda file, made by its specification."""
    info = {} if index is None else {"info/index.json": json.dumps(index).encode()}
    if paths is not None:
        entries = {"paths": [{"_path": name} for name in paths]}
        info["info/paths.json"] = json.dumps(entries).encode()
    stem = path.name.removesuffix(".conda")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
        archive.writestr(f"pkg-{stem}.tar.zst", tar(**{"lib/a": b"A", "lib/b": b"B"}))
        archive.writestr(f"info-{stem}.tar.zst", tar(**info, **more))
    return path


def test_the_facts_of_a_small_package(tmp_path):
    path = package(tmp_path / "a-1-h0_0.conda")
    facts = conda_file.read(str(path))
    assert (facts.path, facts.name, facts.version, facts.build) == (path, "a", "1", "h0_0")
    assert (facts.subdir, facts.depends, facts.variant) == ("linux-64", (), {})
    assert facts.files == ("lib/a", "lib/b")
    assert conda_file.open_member(path, "lib/b") == b"B"


@pytest.mark.builds
@pytest.mark.parametrize(
    ("subdir", "build"), [("linux-64", "hb0f4dca_0"), ("linux-aarch64", "he8cfe8b_0")]
)
def test_the_facts_of_the_answer_key(built, subdir, build):
    (path,) = (built / "output" / subdir).glob("*.conda")
    facts = conda_file.read(path)
    assert (facts.name, facts.version, facts.build, facts.subdir) == (
        "cpp_math", "0.1.0", build, subdir
    )  # fmt: skip
    assert facts.variant == {"target_platform": subdir}
    assert len(facts.files) == 1


@pytest.mark.builds
def test_the_stubs_are_noarch_and_all_they_install_is_the_stub(built):
    (path,) = (built / "output/noarch").glob("*.conda")
    facts = conda_file.read(path)
    assert (facts.name, facts.subdir) == ("cpp_math-stubs", "noarch")
    assert facts.files == ("site-packages/cpp_math-stubs/__init__.pyi",)
    stub = conda_file.open_member(path, facts.files[0]).decode()
    assert "def add(a: int, b: int) -> int:" in stub


def test_a_member_that_is_not_there(tmp_path):
    path = package(tmp_path / "a-1-h0_0.conda")
    with pytest.raises(CrosscraftError, match="has no member 'lib/c'"):
        conda_file.open_member(path, "lib/c")


BAD = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("hello\n" * 100),
    "directory": lambda path: path.mkdir(),
    "missing": lambda path: None,
    "another zip": lambda path: zipfile.ZipFile(path, "w").close(),
    "no index": lambda path: package(path, index=None),
    "no paths": lambda path: package(path, paths=None),
    "index without a name": lambda path: package(path, index={"version": "1"}),
    "index is a list": lambda path: package(path, index=[1]),
    "variant is not JSON": lambda path: package(path, **{"info/hash_input.json": b"{"}),
    "run_exports is a list": lambda path: package(path, **{"info/run_exports.json": b"[1]"}),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", ["a-1-h0_0.conda", "a-1-h0_0.txt"])
def test_a_bad_file_is_our_error(tmp_path, make, name):
    path = tmp_path / name
    make(path)
    with pytest.raises(CrosscraftError, match="cannot be read as a conda package") as caught:
        conda_file.read(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_cut_short_anywhere(tmp_path):
    whole = package(tmp_path / "a-1-h0_0.conda").read_bytes()
    short = tmp_path / "b-1-h0_0.conda"
    for size in range(0, len(whole), 7):
        short.write_bytes(whole[:size])
        with pytest.raises(CrosscraftError):
            conda_file.read(short)


def test_damaged_bytes_give_facts_or_our_error(tmp_path):
    whole = package(tmp_path / "a-1-h0_0.conda").read_bytes()
    path = tmp_path / "a-1-h0_0.conda"
    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        with contextlib.suppress(CrosscraftError):
            assert isinstance(conda_file.read(path), conda_file.CondaFile)


def test_run_exports_are_told_by_kind(tmp_path):
    exports = {"weak": ["a_abi 1.*"], "strong": ["liba", "libb >=2"]}
    data = json.dumps(exports).encode()
    path = tmp_path / "a-1-h0_0.conda"
    package(path, **{"info/run_exports.json": data})
    assert conda_file.read(path).run_exports == {k: tuple(v) for k, v in exports.items()}


def test_a_package_without_run_exports_has_none(tmp_path):
    package(tmp_path / "a-1-h0_0.conda")
    assert conda_file.read(tmp_path / "a-1-h0_0.conda").run_exports == {}
