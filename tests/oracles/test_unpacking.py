"""`crosscraft inspect --json` agrees with an unpacking by conda-package-handling."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conda_package_handling import api

from crosscraft.channel import local
from crosscraft.errors import ChannelError
from tests.support import real_package
from tests.support.commands import call

FIELDS = ("name", "version", "build", "build_number", "subdir", "timestamp", "license", "noarch")
LISTS = ("depends", "constrains")


def differing(package: Path, folder: Path) -> Iterator[str]:
    """Unpack `package` into `folder` and yield what differs, a line each."""
    api.extract(str(package), str(folder))
    done = call("inspect", "--json", package)
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)
    index = json.loads((folder / "info/index.json").read_text(encoding="utf-8"))
    for key in (*FIELDS, *LISTS):
        wanted = index.get(key, [] if key in LISTS else None)
        if found[key] != wanted:
            yield f"{package.name}: {key}: {found[key]!r}, not {wanted!r}"
    listed = json.loads((folder / "info/paths.json").read_text(encoding="utf-8"))["paths"]
    rows = {row["path"]: row for row in found["files"]}
    if sorted(rows) != sorted(entry["_path"] for entry in listed):
        yield f"{package.name}: other paths than paths.json lists"
    there = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    named = set(rows) | {row["path"] for row in found["info_files"]}
    if named != there:
        yield f"{package.name}: other files than are there: {sorted(named ^ there)[:5]}"
    for path, row in rows.items():
        for key, wanted in seen(folder / path).items():
            if key == "mode":  # unpacking takes the permission to write from others
                row[key] = f"{int(row[key], 8) & 0o755:04o}"
            if row[key] != wanted:
                yield f"{package.name}: {path}: {key}: {row[key]!r}, not {wanted!r}"


def seen(path: Path) -> dict[str, object]:
    """What a file is, by the file system."""
    if path.is_symlink():
        target = str(path.readlink())
        return {"type": "softlink", "target": target, "size": None, "sha256": None}
    data = path.read_bytes()
    return {
        "type": "hardlink",
        "target": None,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "mode": f"{path.stat().st_mode & 0o7777:04o}",
    }


def small() -> list[Path]:
    """Packages of the local channel below 1 MB, or none where set-up used another channel."""
    with contextlib.suppress(ChannelError):
        found = sorted(local.find().glob("*/*.conda"))
        return [path for path in found if path.stat().st_size < 2**20]
    return []


@pytest.mark.parametrize("package", small(), ids=lambda path: path.stem)
@pytest.mark.parametrize("ending", [".conda", ".tar.bz2"])
def test_packages_of_the_channel(package: Path, ending: str, tmp_path: Path) -> None:
    if ending != package.suffix:
        api.extract(str(package), str(tmp_path / "first"))
        api.create(str(tmp_path / "first"), None, f"{package.stem}{ending}", str(tmp_path))
        package = tmp_path / f"{package.stem}{ending}"
    assert list(differing(package, tmp_path / "unpacked")) == []


@pytest.mark.parametrize("ending", [".conda", ".tar.bz2"])
def test_a_package_with_every_field(ending: str, tmp_path: Path) -> None:
    # A hard link is a file once it is unpacked.
    items = [item for item in real_package.ITEMS if item.type != tarfile.LNKTYPE]
    package = real_package.write(tmp_path / f"{real_package.NAME}{ending}", items)
    assert list(differing(package, tmp_path / "unpacked")) == []


def test_a_wrong_fact_is_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "seen", lambda path: {"size": -1})
    assert "size: " in next(differing(small()[0], tmp_path / "unpacked"))
