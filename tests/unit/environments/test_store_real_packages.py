"""The store and environments with a package as packagers publish it, today and before 2017."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

import pytest

from crosscraft.channel.select import in_folder
from crosscraft.environments import install, store
from crosscraft.platforms import native
from tests.support import real_package as real
from tests.support.small_channels import channel_of

FORMS = {
    "of today": (".conda", ()),
    "of today, as .tar.bz2": (".tar.bz2", ()),
    "of before paths.json": (".tar.bz2", ("info/paths.json", "subdir")),
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def channel(folder: Path, form: str) -> Path:
    ending, drop = FORMS[form]
    return channel_of(
        folder, real.ITEMS, ending=ending, paths=real.listed(), more=real.MORE, drop=drop
    )


@pytest.mark.parametrize("form", FORMS)
def test_every_file_is_installed_and_nobody_else_can_write_it(cache, tmp_path, form):
    folder = channel(tmp_path / "channel", form)
    prefix = install.create(["a"], native(), [in_folder(folder, "real")]).prefix
    data = {item.name: item.data for item in real.ITEMS}
    for item in real.ITEMS:
        path = prefix / item.name
        if item.type == tarfile.SYMTYPE:
            assert str(path.readlink()) == item.target
            continue
        assert path.stat().st_mode & 0o7777 == item.mode & 0o755, item.name
        if real.PREFIX.encode() not in data[item.target or item.name]:
            assert path.read_bytes() == data[item.name]
        elif item.name in real.PLACEHOLDERS:
            assert real.PREFIX.encode() not in path.read_bytes()
    text = (prefix / "lib/pkgconfig/area.pc").read_text()
    assert text == f"prefix={prefix}\n"
    binary = (prefix / real.LIBRARY).read_bytes()
    assert len(binary) == len(data[real.LIBRARY])
    assert f"{prefix}/share/area\0".encode() in binary
    for path in (cache / "unpacked").rglob("*"):
        assert path.is_symlink() or not path.lstat().st_mode & 0o7022, path


YAML = b"weak: [area 1.*]\nstrong:\n- libarea\n"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("run_exports.json", json.dumps(real.RUN_EXPORTS).encode(), real.RUN_EXPORTS),
        ("run_exports.yaml", YAML, {"weak": ["area 1.*"], "strong": ["libarea"]}),
        ("run_exports", b"area 1.*\n", {"weak": ["area 1.*"]}),
        ("run_exports.json", b"{", {}),
        ("odd", b"", {}),
    ],
)
def test_run_exports_of_each_kind_and_form(cache, tmp_path, name, text, found):
    more = {"info/index.json": b"{}", "info/files": b"", f"info/{name}": text}
    folder = channel_of(tmp_path / "channel", more=more)
    (path,) = folder.glob("linux-64/*.conda")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    package = store.Wanted(
        "a", "1", "h0000000_0", path.name, digest, path.as_uri(), folder.as_uri()
    )
    store.add_missing([package])
    for kind in real.RUN_EXPORTS:
        assert list(store.run_exports(package, kind)) == found.get(kind, [])
