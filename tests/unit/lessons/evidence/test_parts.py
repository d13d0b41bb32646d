"""Packages, taken apart and put together again."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file
from crosscraft.lessons.evidence import packages, parts
from crosscraft.lessons.evidence.parts import Parts
from tests.support import real_package, small_packages, tiny_elf

SITE = "lib/python3.11/site-packages"
PREFIX = "/build/placehold_placehold"
PARTS = Parts(
    {**small_packages.INDEX, "name": "area", "version": "1.2", "depends": ["python"]},
    {f"{SITE}/area.py": b"answer = 42\n", "bin/area": f"#!{PREFIX}/bin/python\n".encode()},
    {"info/about.json": b"{}\n"},
    placeholder=PREFIX,
)


def test_a_package_has_the_parts_that_it_was_put_together_from(tmp_path: Path) -> None:
    assert PARTS.stem == "area-1.2-h0000000_0"
    path = parts.put_together(PARTS, tmp_path / "new" / f"{PARTS.stem}.conda")
    assert parts.take_apart(path) == PARTS
    facts = conda_file.read(path)
    assert facts.files == ("bin/area", f"{SITE}/area.py")
    assert [entry.placeholder for entry in facts.entries] == [PREFIX, ""]
    assert packages.doubts(path) == []


def test_equal_parts_give_equal_bytes_at_any_time(tmp_path: Path) -> None:
    first, second = (parts.put_together(PARTS, tmp_path / x / "area.conda") for x in "ab")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {one.date_time[0] for one in archive.infolist()} == {1980}


def test_a_package_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "area.conda"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        parts.put_together(PARTS, path)
    assert path.read_bytes() == b"mine"


def test_a_list_can_lie(tmp_path: Path) -> None:
    lying = replace(PARTS, listed={**PARTS.files, "bin/area": b"another"})
    (doubt,) = packages.doubts(parts.put_together(lying, tmp_path / "area.conda"))
    assert doubt == f"bin/area has {len(PARTS.files['bin/area'])} bytes, but is listed with 7"


def test_a_subdir_can_lie(tmp_path: Path) -> None:
    binary = {"lib/libarea.so": bytes(tiny_elf.make(machine=183).data)}
    honest = replace(PARTS, files=binary, index={**PARTS.index, "subdir": "linux-aarch64"})
    doubts = packages.doubts(parts.put_together(honest, tmp_path / "honest.conda"))
    lying = packages.doubts(
        parts.put_together(replace(honest, index=PARTS.index), tmp_path / "lying.conda")
    )
    claim = "lib/libarea.so is for linux-aarch64, not for linux-64"
    assert claim in lying
    assert claim not in doubts


def test_the_parts_of_a_real_package_have_all_of_its_files(tmp_path: Path) -> None:
    path = real_package.write(tmp_path / f"{real_package.NAME}.conda")
    taken = parts.take_apart(path)
    assert taken.files["bin/area"] == real_package.ITEMS[0].data
    assert taken.stem == real_package.NAME
    assert taken.placeholder == real_package.PREFIX
    assert json.loads(taken.info["info/hash_input.json"]) == json.loads(real_package.VARIANT)


def test_what_is_no_package_has_no_parts(tmp_path: Path) -> None:
    path = tmp_path / "area.conda"
    path.write_text("a text")
    with pytest.raises(CrosscraftError, match="cannot be read as a conda package"):
        parts.take_apart(path)
