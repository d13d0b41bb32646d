""".conda files: the facts in them, and bad files told by what they are."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import os
import random
import tarfile
import zipfile

import pytest
from backports import zstd

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file
from tests.support import real_package as real
from tests.support.small_packages import Item, conda, info_items
from tests.support.small_packages import package as made
from tests.support.small_packages import tar as archive

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
    ("subdir", "build"), [("linux-64", "hdab6535_0"), ("linux-aarch64", "hf1ab7cd_0")]
)
def test_the_facts_of_the_answer_key(built, subdir, build):
    (path,) = (built / "output" / subdir).glob("*.conda")
    facts = conda_file.read(path)
    assert (facts.name, facts.version, facts.build, facts.subdir) == (
        "cpp_math", "0.1.0", build, subdir
    )  # fmt: skip
    assert facts.variant == {"c_stdlib": "sysroot", "target_platform": subdir}
    assert len(facts.files) == 1


@pytest.mark.builds
def test_the_stubs_are_noarch_and_all_they_install_is_the_stub(built):
    (path,) = (built / "output/noarch").glob("*.conda")
    facts = conda_file.read(path)
    assert (facts.name, facts.subdir) == ("cpp_math-stubs", "noarch")
    assert facts.files == ("site-packages/cpp_math-stubs/__init__.pyi",)
    assert facts.constrains == ("cpp_math ==0.1.0",)
    assert facts.license == "BSD-3-Clause"
    assert "info/licenses/LICENSE" in facts.info_files
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
    "run_exports of numbers": lambda path: package(path, **{"info/run_exports.json": b"[1]"}),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", ["a-1-h0_0.conda", "a-1-h0_0.txt"])
def test_a_bad_file_is_our_error(tmp_path, make, name):
    path = tmp_path / name
    make(path)
    with pytest.raises(CrosscraftError, match="cannot be read as a conda package") as caught:
        conda_file.read(path)
    assert str(path) in str(caught.value)


def test_a_whole_package_with_wrong_info_is_not_called_incomplete(tmp_path):
    with pytest.raises(CrosscraftError, match=r"its info is not valid \('build'") as caught:
        conda_file.read(real.write(tmp_path / "a.conda", drop=("build",)))
    assert "whole" not in caught.value.remedy


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


def test_a_package_without_run_exports_has_none(tmp_path):
    package(tmp_path / "a-1-h0_0.conda")
    assert conda_file.read(tmp_path / "a-1-h0_0.conda").run_exports == {}


FORMATS = ["a-1-h0_0.conda", "a-1-h0_0.tar.bz2"]
RECIPE = b"package:\n  name: a\n"
ITEMS = [
    Item("bin/run", b"#!/bin/sh\n", mode=0o755),
    Item("lib/liba.so.1", b"not really"),
    Item("lib/liba.so", type=tarfile.SYMTYPE, target="liba.so.1", mode=0o777),
    Item("lib/again", type=tarfile.LNKTYPE, target="lib/liba.so.1"),
    Item("share/empty", type=tarfile.DIRTYPE, mode=0o755),
]


@pytest.mark.parametrize("ending", [".conda", ".tar.bz2"])
def test_every_fact_in_both_formats(tmp_path, ending):
    path = real.write(tmp_path / f"{real.NAME}{ending}")
    facts = conda_file.read(path)
    for key in ("name", "version", "build", "build_number", "subdir", "license", "timestamp"):
        assert getattr(facts, key) == real.INDEX[key]
    for key in ("depends", "constrains"):
        assert list(getattr(facts, key)) == real.INDEX[key]
    assert facts.noarch == ""
    assert facts.run_exports == {kind: tuple(specs) for kind, specs in real.RUN_EXPORTS.items()}
    assert (facts.variant, facts.hash_input) == (json.loads(real.VARIANT), real.VARIANT)
    assert facts.build.startswith(f"py311h{hashlib.sha1(real.VARIANT.encode()).hexdigest()[:7]}")
    assert facts.files == tuple(sorted(item.name for item in real.ITEMS))
    assert [entry.path for entry in facts.entries] == list(facts.files)
    listed = {row["_path"]: row for row in real.listed()["paths"]}
    for entry in facts.entries:
        row = listed[entry.path]
        assert (entry.type, entry.size) == (row["path_type"], row.get("size_in_bytes"))
        assert entry.sha256 == row.get("sha256", "")
        assert entry.file_mode == real.PLACEHOLDERS.get(entry.path, "")
        assert entry.placeholder == (real.PREFIX if entry.file_mode else "")
    assert facts.tests == real.MORE["info/tests/tests.yaml"].decode()
    assert facts.recipe == real.MORE["info/recipe/recipe.yaml"].decode()
    assert facts.info_files == tuple(sorted({*real.MORE, "info/index.json", "info/paths.json"}))


@pytest.mark.parametrize("ending", [".conda", ".tar.bz2"])
def test_a_package_of_before_paths_json(tmp_path, ending):
    """Its files, links and placeholders are the same. Only sizes and checksums are missing."""
    new = conda_file.read(real.write(tmp_path / f"new{ending}"))
    old = conda_file.read(real.write(tmp_path / f"old{ending}", drop=("info/paths.json", "subdir")))
    assert old.entries == tuple(
        dataclasses.replace(entry, size=None, sha256="") for entry in new.entries
    )
    same = {"path": old.path, "entries": old.entries, "info_files": old.info_files}
    assert old == dataclasses.replace(new, **same)
    assert "info/paths.json" not in old.info_files


@pytest.mark.parametrize("name", FORMATS)
def test_the_payload_as_a_stream(tmp_path, name):
    path = made(tmp_path / name, ITEMS)
    seen = [
        (member, content.read() if content else None)
        for member, content in conda_file.payload(path)
    ]
    assert seen == [
        (conda_file.Member("bin/run", 10, 0o755, "file", ""), b"#!/bin/sh\n"),
        (conda_file.Member("lib/liba.so.1", 10, 0o644, "file", ""), b"not really"),
        (conda_file.Member("lib/liba.so", 0, 0o777, "link", "liba.so.1"), None),
        (conda_file.Member("lib/again", 0, 0o644, "hardlink", "lib/liba.so.1"), None),
        (conda_file.Member("share/empty", 0, 0o755, "directory", ""), None),
    ]
    assert conda_file.open_member(path, "lib/liba.so.1") == b"not really"
    assert json.loads(conda_file.info_member(path, "info/index.json"))["name"] == "a"
    with pytest.raises(CrosscraftError, match=r"'lib/liba.so', which is a link to 'liba.so.1'"):
        conda_file.open_member(path, "lib/liba.so")
    with pytest.raises(CrosscraftError, match="has no member 'info/x'"):
        conda_file.info_member(path, "info/x")


@pytest.mark.parametrize("name", ["renamed.conda", "a.zip", "no-suffix", "a.tar.bz2"])
def test_a_conda_file_under_another_name(tmp_path, name):
    path = made(tmp_path / "a-1-h0_0.conda", ITEMS).rename(tmp_path / name)
    assert conda_file.read(path).name == "a"
    assert conda_file.open_member(path, "bin/run") == b"#!/bin/sh\n"


def test_older_tests_are_told_by_script(tmp_path):
    more = {"info/test/run_test.sh": b"true\n", "info/test/run_test.py": b"pass\n"}
    facts = conda_file.read(made(tmp_path / "a.conda", more=more))
    assert facts.tests == "# info/test/run_test.py\npass\n\n# info/test/run_test.sh\ntrue\n"


def test_a_time_in_seconds(tmp_path):
    path = made(tmp_path / "a.conda", index={"timestamp": 1_500_000_000})
    assert conda_file.read(path).timestamp == 1_500_000_000_000


def test_info_anywhere_in_a_tar_bz2(tmp_path):
    import bz2

    from tests.support.small_packages import info_items
    from tests.support.small_packages import tar as archive

    info = info_items(ITEMS, more={"info/recipe/meta.yaml": RECIPE})
    order = [ITEMS[0], info[1], *ITEMS[1:], info[0], info[2]]
    path = tmp_path / "a-1-0.tar.bz2"
    path.write_bytes(bz2.compress(archive(order)))
    facts = conda_file.read(path)
    assert facts.recipe == RECIPE.decode()
    assert len(facts.files) == len(ITEMS)
    assert [member.path for member, _ in conda_file.payload(path)] == [i.name for i in ITEMS]


def pieces() -> list[Item]:
    """Files that do not compress."""
    source = random.Random(7)
    return [Item(f"lib/{number}", source.randbytes(200_000)) for number in range(20)]


def test_the_facts_leave_the_payload_alone(tmp_path):
    path = made(tmp_path / "a.conda", pieces())
    facts = conda_file.read(path)
    with zipfile.ZipFile(path) as archive:
        part = next(e for e in archive.infolist() if e.filename.startswith("pkg-"))
    data = bytearray(path.read_bytes())
    data[part.header_offset + 100 : part.header_offset + 100 + part.file_size - 200] = bytes(
        part.file_size - 200
    )
    path.write_bytes(data)
    assert conda_file.read(path) == facts
    assert conda_file.info_member(path, "info/index.json")
    with pytest.raises(CrosscraftError):
        conda_file.open_member(path, "lib/0")


@pytest.mark.parametrize("name", FORMATS)
def test_reading_a_member_stops_there(tmp_path, name):
    path = made(tmp_path / name, pieces())
    whole = path.read_bytes()
    place = len(whole) * 3 // 4
    path.write_bytes(whole[:place] + bytes(1000) + whole[place + 1000 :])
    wanted = pieces()[3]
    assert conda_file.open_member(path, "lib/3") == wanted.data
    with pytest.raises(CrosscraftError, match="cannot be read as a conda package"):
        conda_file.open_member(path, "lib/19")
    with pytest.raises(CrosscraftError, match="cannot be read as a conda package"):
        for _, content in conda_file.payload(path):
            content.read()


@pytest.mark.parametrize("name", FORMATS)
def test_files_are_closed_when_reading_stops_early(tmp_path, name):
    path = made(tmp_path / name, pieces())
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    stream = conda_file.payload(path)
    next(stream)
    stream.close()
    conda_file.open_member(path, "lib/1")
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208


def test_every_info_file_is_described():
    for name, word in {
        "info/index.json": "dependencies",
        "info/licenses/sub/LICENSE.txt": "licence",
        "info/recipe/recipe.yaml": "built from",
        "info/tests/tests.yaml": "tests",
        "info/test/run_test.py": "conda-build",
    }.items():
        assert word in conda_file.describe(name)
    assert conda_file.describe("info/unheard-of") == ""


def test_a_package_that_says_the_least(tmp_path):
    path = made(tmp_path / "a.conda", drop={"depends", "build_number"})
    assert conda_file.read(path) == conda_file.CondaFile(
        path, "a", "1", "h0000000_0", "linux-64", (), {}, (), {},
        info_files=("info/index.json", "info/paths.json"),
    )  # fmt: skip


def test_values_of_a_variant_are_texts(tmp_path):
    more = {"info/hash_input.json": b'{"n": 3, "l": [1, "a"], "t": "3.11", "b": true}'}
    facts = conda_file.read(made(tmp_path / "a.conda", more=more))
    assert facts.variant == {"n": "3", "l": '[1, "a"]', "t": "3.11", "b": "true"}


@pytest.mark.parametrize(("size", "found"), [(0, 0), (1, 1), (-1, None), (-5, None), (None, None)])
def test_a_size_that_is_given(tmp_path, size, found):
    paths = {"paths": [{"_path": "a", "size_in_bytes": size}]}
    (entry,) = conda_file.read(made(tmp_path / "a.conda", paths=paths)).entries
    assert entry.size == found


def test_texts_may_have_any_bytes(tmp_path):
    more = {"info/recipe/recipe.yaml": b"a: \xff\n", "info/tests/tests.yaml": b"- \xfe\n"}
    facts = conda_file.read(made(tmp_path / "a.conda", more=more))
    assert (facts.recipe, facts.tests) == ("a: \ufffd\n", "- \ufffd\n")


def odd_info(path, *more: Item):
    """A package whose info part has odd members before the usual ones."""
    items = [*more, *info_items([])]
    return conda(path, zstd.compress(archive(items)), zstd.compress(archive([])))


def test_folders_and_links_under_info_are_passed_over(tmp_path):
    folder = Item("info", type=tarfile.DIRTYPE, mode=0o755)
    link = Item("info/tests/tests.yaml", type=tarfile.SYMTYPE, target="/etc/hosts")
    facts = conda_file.read(odd_info(tmp_path / "a.conda", folder, link))
    assert (facts.name, facts.tests) == ("a", "")
    assert facts.info_files == ("info/index.json", "info/paths.json", "info/tests/tests.yaml")


@pytest.mark.parametrize("name", ["lib/a", "info/../a", "information", "info/a/../../b"])
def test_the_info_part_has_nothing_else(tmp_path, name):
    with pytest.raises(CrosscraftError, match="instead of a file in info/"):
        conda_file.read(odd_info(tmp_path / "a.conda", Item(name, b"x")))


def test_each_text_has_its_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("crosscraft.inspection.conda_file.package.MAX_TEXT", 300)
    monkeypatch.setattr("crosscraft.inspection.conda_file.package.MAX_PATHS", 600)
    paths = {"paths": [{"_path": "a" * 400}]}
    path = made(tmp_path / "a.conda", paths=paths, more={"info/recipe/recipe.yaml": b"x" * 300})
    assert len(conda_file.read(path).recipe) == 300
    with pytest.raises(CrosscraftError, match="at most 300 are read"):
        conda_file.read(made(tmp_path / "b.conda", more={"info/recipe/recipe.yaml": b"x" * 301}))
    with pytest.raises(CrosscraftError, match="at most 600 are read"):
        conda_file.read(made(tmp_path / "c.conda", paths={"paths": [{"_path": "a" * 700}]}))


def test_what_can_be_opened_is_told(tmp_path):
    path = made(tmp_path / "a.conda", ITEMS)
    with pytest.raises(CrosscraftError, match="'share/empty', which is not a file") as caught:
        conda_file.open_member(path, "share/empty")
    assert "`files` of" in caught.value.remedy
    with pytest.raises(CrosscraftError) as caught:
        conda_file.info_member(path, "info/none")
    assert "`info_files` of" in caught.value.remedy


def test_an_older_package_has_links_and_folders(tmp_path):
    names = "".join(f"{item.name}\n" for item in ITEMS)
    path = made(
        tmp_path / "a.tar.bz2", ITEMS, more={"info/files": names.encode()}, drop={"info/paths.json"}
    )
    assert {entry.path: entry.type for entry in conda_file.read(path).entries} == {
        "bin/run": "hardlink", "lib/liba.so.1": "hardlink", "lib/liba.so": "softlink",
        "lib/again": "hardlink", "share/empty": "directory",
    }  # fmt: skip
