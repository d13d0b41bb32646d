"""Whole packages, as packagers publish them, with one thing changed."""

from __future__ import annotations

import hashlib
import json
import tarfile

import pytest

import crosscraft as library
from crosscraft.inspection import conda_file
from crosscraft.views import report
from tests.support import real_package as real
from tests.support.real_package import LIBRARY, binary, changed
from tests.support.small_packages import Item

ENDINGS = pytest.mark.parametrize("ending", [".conda", ".tar.bz2"])
DAMAGED = Item("lib/damaged.so", b"\x7fELF\x02\x01")


def test_the_whole_json_of_a_package(crosscraft, tmp_path):
    """Of one with every field, each kind of file, and a file that it only lists."""
    listed = real.listed()
    gone = {"_path": "lib/gone", "path_type": "hardlink", "size_in_bytes": 3}
    listed["paths"].append(gone | {"prefix_placeholder": "/old", "file_mode": "text"})
    path = real.write(tmp_path / f"{real.NAME}.conda", paths=listed, more={"info/odd": b""})
    done = crosscraft("inspect", "--json", path)
    assert (done.returncode, done.stderr) == (0, "")
    (found,) = json.loads(done.stdout)
    assert found == library.inspect(path).as_json()
    verdicts = found.pop("verdicts")
    assert [set(verdict) for verdict in verdicts] == [{"question", "holds", "evidence"}] * 4
    assert verdicts[-1]["holds"] is False
    assert verdicts[-1]["evidence"] == ["lib/gone is listed, but does not exist"]
    assert found.pop("binaries") == [
        {
            "path": real.LIBRARY,
            "machine": "Advanced Micro Devices X86-64",
            "class": "ELF64",
            "endianness": "2's complement, little endian",
            "type": "DYN (Shared object file)",
            "platform": "linux-64",
            "soname": "libarea.so.1",
            "needed": ["libc.so.6"],
            "rpath": [],
            "runpath": ["$ORIGIN/.."],
            "requires": {"GLIBC": "2.34"},
            "init_functions": [],
        }
    ]
    rows = {row["path"]: row for row in found.pop("files")}
    assert list(rows) == sorted([*(item.name for item in real.ITEMS), "lib/gone"])
    unlisted = {"size": None, "sha256": None, "mode": None, "target": None}
    replaced = {"placeholder": "/old", "file_mode": "text", "listed": True, "present": False}
    assert rows.pop("lib/gone") == {"path": "lib/gone", "type": "hardlink", **unlisted, **replaced}
    data = {item.name: item.data for item in real.ITEMS if item.type == tarfile.REGTYPE}
    for item in real.ITEMS:
        content = data.get(item.target or item.name)
        assert rows[item.name] == {
            "path": item.name,
            "type": "softlink" if item.type == tarfile.SYMTYPE else "hardlink",
            "size": None if content is None else len(content),
            "sha256": None if content is None else hashlib.sha256(content).hexdigest(),
            "mode": f"{item.mode:04o}",
            "target": item.target or None,
            "placeholder": real.PREFIX if item.name in real.PLACEHOLDERS else None,
            "file_mode": real.PLACEHOLDERS.get(item.name),
            "listed": True,
            "present": True,
        }
    index = dict(real.INDEX)
    for key in ("arch", "platform", "license_family", "features", "track_features"):
        del index[key]
    info = sorted({*real.MORE, "info/index.json", "info/odd", "info/paths.json"})
    assert found == {
        **index,
        "path": str(path),
        "kind": "package",
        "size": path.stat().st_size,
        "noarch": None,
        "run_exports": real.RUN_EXPORTS,
        "variant": json.loads(real.VARIANT),
        "hash_input": real.VARIANT,
        "tests": "- script: area\n",
        "recipe": real.MORE["info/recipe/recipe.yaml"].decode(),
        "info_files": [{"path": n, "purpose": conda_file.describe(n) or None} for n in info],
        "unread_binaries": [],
        "foreign_binaries": [],
    }


@ENDINGS
def test_a_real_package_is_what_it_claims(crosscraft, ending, tmp_path):
    path = real.write(tmp_path / f"{real.NAME}{ending}")
    assert [verdict.holds for verdict in library.inspect(path).verdicts] == [True] * 4
    assert crosscraft("inspect", "--verify", path).returncode == 0


def listed_without(key: str) -> dict[str, object]:
    """Return the list of the unchanged files without one field."""
    rows = real.listed()["paths"]
    return {"paths": [{k: v for k, v in row.items() if k != key} for row in rows]}


EVIL = real.ITEMS[0].data.replace(b"area\n", b"evil\n")
WRONG = {
    "another content of the same size": (
        changed("bin/area", EVIL), real.listed(), "bin/area does not have the listed checksum",
    ),
    "another content, and no size listed": (
        changed("bin/area", EVIL), listed_without("size_in_bytes"),
        "bin/area does not have the listed checksum",
    ),
    "another size, and no checksum listed": (
        changed("bin/area", b"evil"), listed_without("sha256"),
        "bin/area has 4 bytes, but is listed with",
    ),
    "a wrong binary beside one that cannot be read": (
        [*changed(LIBRARY, binary(183)), DAMAGED], None, f"{LIBRARY} is for linux-aarch64",
    ),
    "an empty entry of RUNPATH": (
        changed(LIBRARY, binary(runpath="$ORIGIN/..:")), None,
        f"{LIBRARY} looks for libraries in the current folder",
    ),
}  # fmt: skip


@ENDINGS
@pytest.mark.parametrize("case", WRONG)
def test_one_wrong_thing(case, ending, tmp_path):
    items, paths, line = WRONG[case]
    path = real.write(tmp_path / f"a{ending}", items, paths=paths)
    (wrong,) = (one for one in library.inspect(path).verdicts if one.holds is False)
    assert wrong.evidence[0].startswith(line)


def test_a_binary_that_cannot_be_read_leaves_the_answer_open(tmp_path):
    found = library.inspect(real.write(tmp_path / "a.conda", [*real.ITEMS, DAMAGED]))
    assert found.verdicts[0].holds is None
    (unread,) = found.as_json()["unread_binaries"]
    assert unread["path"] == DAMAGED.name


UNVERIFIED = {
    "info/files": {"drop": ("info/paths.json",)},
    "paths.json": {"paths": listed_without("sha256")},
}


@pytest.mark.parametrize("source", UNVERIFIED)
def test_what_has_no_checksum_is_not_called_verified(crosscraft, source, tmp_path):
    path = real.write(tmp_path / "a.tar.bz2", **UNVERIFIED[source])
    verdict = library.inspect(path).verdicts[-1]
    line = f"{source} gives no checksum for 7 of 9 files, so their content cannot be verified"
    assert (verdict.holds, verdict.evidence) == (None, (line,))
    assert crosscraft("inspect", "--verify", path).returncode == 0
    missing = [item for item in real.ITEMS if item.name != "include/area.h"]
    real.write(path, missing, **{"paths": real.listed()} | UNVERIFIED[source])
    done = crosscraft("inspect", "--verify", path)
    assert done.returncode == 1
    assert "include/area.h is listed, but does not exist" in done.stdout


def test_a_package_that_claims_no_platform(tmp_path):
    path = real.write(tmp_path / "a.tar.bz2", drop=("subdir", "platform", "arch"))
    found = library.inspect(path)
    assert found.as_json()["subdir"] is None
    assert found.verdicts[0].holds is None
    assert found.verdicts[0].evidence == (f"{LIBRARY} is for linux-64, and no platform is claimed",)
    assert "not given" in repr(report.inspect(path))
