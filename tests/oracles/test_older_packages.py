"""We read packages, older and odder ones too, as rattler reads them once they are unpacked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rattler import IndexJson, PathsJson, RunExportsJson
from rattler.package_streaming import extract

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file
from crosscraft.inspection.conda_file import run_exports
from tests.support import real_package
from tests.support.real_package import ITEMS, PREFIX, write

OLD = ("info/paths.json", "subdir")
"""What packages of before 2017 do not have."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINIMAL = {"_path": "include/area.h", "path_type": "hardlink"}


def listing(*rows: dict[str, object], **more: object) -> dict[str, object]:
    return {"paths": [MINIMAL | row for row in rows], "paths_version": 1, **more}


AGREED: dict[str, dict[str, object]] = {
    "of today": {},
    "without paths.json": {"drop": OLD},
    "without any list of prefixes": {"drop": (*OLD, "info/has_prefix", "info/no_link")},
    "one column": {"drop": OLD, "more": {"info/has_prefix": b"bin/area\nlib/pkgconfig/area.pc\n"}},
    "one column, in quotes": {
        "drop": OLD,
        "more": {"info/has_prefix": b'"share/area/table with spaces.csv"\n'},
    },
    "three columns, in quotes": {
        "drop": OLD,
        "more": {"info/has_prefix": b'"/a b" text "share/area/table with spaces.csv"\n'},
    },
    "wide columns, Windows lines": {
        "drop": OLD,
        "more": {
            "info/has_prefix": f"{PREFIX}  binary\tlib/libarea.so.1\r\nbin/area\r\n".encode(),
            "info/files": b"lib/libarea.so.1\r\nbin/area\r\n",
        },
    },
    "a prefix in what is not listed": {
        "drop": OLD,
        "more": {"info/has_prefix": b"bin/gone\n"},
    },
    "no files": {"drop": (*OLD, "info/has_prefix"), "more": {"info/files": b""}, "items": ()},
    "no end of line": {"drop": OLD, "more": {"info/files": b"bin/area"}},
    "noarch: true": {"index": {"noarch": True, "subdir": "noarch"}},
    "noarch: false": {"index": {"noarch": False}},
    "noarch: null": {"index": {"noarch": None}},
    "noarch: python": {"index": {"noarch": "python", "subdir": "noarch"}},
    "noarch: generic": {"index": {"noarch": "generic", "subdir": "noarch"}},
    "a subdir that is null": {"index": {"subdir": None}},
    "no subdir, platform or arch": {"drop": ("subdir", "platform", "arch")},
    "32 bits": {"drop": OLD, "index": {"arch": "x86"}},
    "another processor": {"drop": OLD, "index": {"arch": "ppc64le"}},
    "a licence that is null": {"index": {"license": None}},
    "no licence": {"drop": ("license", "license_family")},
    "no depends": {"drop": ("depends", "constrains")},
    "a time in seconds": {"index": {"timestamp": 1_500_000_000}},
    "no time": {"drop": ("timestamp",)},
    "a time that is null": {"index": {"timestamp": None}},
    "features as a list": {"index": {"track_features": ["fast", "small"]}},
    "features as a text": {"index": {"features": "", "track_features": "fast small"}},
    "checksums of the older format": {"index": {"legacy_bz2_md5": "0" * 32, "legacy_bz2_size": 1}},
    "no size, no checksum": {"paths": listing({})},
    "null for size and checksum": {"paths": listing({"sha256": None, "size_in_bytes": None})},
    "null for a placeholder": {"paths": listing({"prefix_placeholder": None, "file_mode": None})},
    "paths_version 2": {"paths": listing({"no_link": True}, paths_version=2)},
    "no run_exports": {"drop": ("info/run_exports.json",)},
    "an unknown kind": {"more": {"info/run_exports.json": b'{"weak": ["a"], "loud": ["b"]}'}},
}


def kind_of(entry: object) -> str:
    kinds = ("hardlink", "softlink", "directory")
    return next(kind for kind in kinds if getattr(entry.path_type, kind))


def paths_by_rattler(folder: Path) -> list[tuple[object, ...]]:
    found = PathsJson.from_package_directory_with_deprecated_fallback(folder)
    return sorted(
        (
            str(entry.relative_path),
            kind_of(entry),
            entry.size_in_bytes,
            (entry.sha256 or b"").hex(),
            entry.prefix_placeholder.placeholder if entry.prefix_placeholder else "",
            ("text" if entry.prefix_placeholder.file_mode.text else "binary")
            if entry.prefix_placeholder
            else "",
        )
        for entry in found.paths
    )


def index_by_rattler(folder: Path) -> dict[str, object]:
    found = IndexJson.from_package_directory(folder)
    noarch = "python" if found.noarch.python else "generic" if found.noarch.generic else ""
    return {
        "name": found.name.source,
        "version": str(found.version),
        "build": str(found.build),
        "build_number": found.build_number,
        "noarch": noarch,
        "depends": tuple(found.depends),
        "constrains": tuple(found.constrains),
        "license": found.license or "",
        "timestamp": found.timestamp and (found.timestamp - EPOCH) // timedelta(milliseconds=1),
        "subdir": found.subdir or _by_parts(found.platform, found.arch),
    }


def _by_parts(platform: str | None, arch: str | None) -> str:
    bits = {"x86": "32", "x86_64": "64"}
    return f"{platform}-{bits.get(arch, arch)}" if platform and arch else ""


def run_exports_by_rattler(folder: Path) -> dict[str, tuple[str, ...]]:
    if not (folder / "info/run_exports.json").exists():
        return {}
    found = RunExportsJson.from_package_directory(folder)
    kinds = {kind: tuple(getattr(found, kind)) for kind in run_exports.KINDS}
    return {kind: specs for kind, specs in kinds.items() if specs}


@pytest.mark.parametrize("name", AGREED)
@pytest.mark.parametrize("ending", [".conda", ".tar.bz2"])
def test_what_both_read(name: str, ending: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"a{ending}", **AGREED[name])
    folder = tmp_path / "unpacked"
    extract(path, folder)
    facts = conda_file.read(path)
    assert [
        (e.path, e.type, e.size, e.sha256, e.placeholder, e.file_mode) for e in facts.entries
    ] == paths_by_rattler(folder)
    wanted = index_by_rattler(folder)
    assert {key: getattr(facts, key) for key in wanted} == wanted
    assert facts.run_exports == run_exports_by_rattler(folder)


REFUSED: dict[str, dict[str, object]] = {
    "'noarch' is 'loud', neither": {"index": {"noarch": "loud"}},
    "'noarch' is 1, neither": {"index": {"noarch": 1}},
    "'build' is missing": {"drop": ("build",)},
    "'version' is not a text": {"index": {"version": 1}},
    "'build_number' is not a whole number": {"index": {"build_number": "2"}},
    "'depends' is not a list": {"index": {"depends": "python"}},
    "'license' is not a text": {"index": {"license": ["MIT"]}},
    "'timestamp' is not a number": {"index": {"timestamp": "today"}},
    "'paths' is missing": {"paths": {"paths_version": 1}},
    "'symlink' is not a type": {"paths": listing({"path_type": "symlink"})},
    "has_prefix has the line '/x loud bin/area'": {
        "drop": OLD,
        "more": {"info/has_prefix": b"/x loud bin/area\n"},
    },
    "has_prefix has the line 'bin/my tool'": {
        "drop": OLD,
        "more": {"info/has_prefix": b"bin/my tool\n"},
    },
    "neither info/paths.json nor info/files": {"drop": ("info/paths.json", "info/files")},
    "no info/index.json": {"drop": ("info/index.json",)},
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_both_refuse(why: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar.bz2", **REFUSED[why])
    folder = tmp_path / "unpacked"
    extract(path, folder)
    with pytest.raises(CrosscraftError, match="cannot be read as a conda package") as caught:
        conda_file.read(path)
    assert why in str(caught.value)
    readers: list[Callable[[Path], object]] = [index_by_rattler, paths_by_rattler]
    with pytest.raises(Exception, match=r"\w"):  # rattler raises many classes
        [read(folder) for read in readers]


def test_the_real_package_is_what_it_claims(tmp_path: Path) -> None:
    """The package that these tests change agrees with itself."""
    folder = tmp_path / "unpacked"
    extract(write(tmp_path / f"{real_package.NAME}.conda"), folder)
    for item in ITEMS:
        assert (folder / item.name).exists()
    assert json.loads((folder / "info/hash_input.json").read_text())["target_platform"]
