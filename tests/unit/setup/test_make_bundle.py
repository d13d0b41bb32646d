"""What goes into a bundle, and how it is written."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crosscraft.channel import local
from crosscraft.errors import BundleError, ChannelError, DownloadError, StorageError
from crosscraft.paths import ROOT
from crosscraft.setup import bundle, make_bundle
from crosscraft.system import tracked
from crosscraft.system.console import Console
from tests.support import small_bundle, small_clone


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A few files of a repository, with some that it does not track."""
    return small_clone.write(tmp_path / "clone")


def test_file_that_changes_meanwhile(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"before")
    parts = {"wheels/a.whl": bundle.hash_file(source)}
    manifest = bundle.Manifest(*bundle.here(), bundle.pins(ROOT), local.key(), "x", parts)
    source.write_bytes(b"behind")
    with pytest.raises(BundleError, match="was changed while the bundle was made"):
        make_bundle.write(
            tmp_path / "b.tar", manifest, {"wheels/a.whl": source}, Console(io.StringIO())
        )


@pytest.fixture
def made(tmp_path: Path, clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that bundles are made in, of a small clone with a small channel."""
    channel = tmp_path / "channel"
    (channel / "noarch").mkdir(parents=True)
    (channel / "noarch" / "a.conda").write_text("a")
    (channel / local.MANIFEST).write_text('{"packages": []}')
    for name in ("requirements.txt", "pyproject.toml"):
        (clone / name).write_text((ROOT / name).read_text())

    def fetch(requirements: Path, folder: Path) -> list[Path]:
        folder.mkdir()
        (folder / "a-1.whl").write_text("wheel")
        return [folder / "a-1.whl"]

    monkeypatch.setattr(make_bundle, "ROOT", clone)
    monkeypatch.setattr(make_bundle.local, "find", lambda: channel)
    monkeypatch.setattr(make_bundle, "fetch_wheels", fetch)
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_made_and_read(made: Path, clone: Path, tmp_path: Path) -> None:
    said = io.StringIO()
    path = make_bundle.make(made / "b.tar", Console(said))
    assert list(made.iterdir()) == [path]
    bundle.unpack(path, ROOT, tmp_path / "unpacked")
    unpacked = small_bundle.contents(tmp_path / "unpacked")
    assert {name for name in unpacked if not name.startswith("pip/")} == {
        f"channel/{local.MANIFEST}",
        "channel/noarch/a.conda",
        "wheels/a-1.whl",
    }
    (pip,) = (data for name, data in unpacked.items() if name.startswith("pip/"))
    assert pip.startswith(b"PK")
    subprocess.run(["tar", "-xf", path, "crosscraft/"], cwd=tmp_path, check=True)
    repository = small_bundle.contents(tmp_path / "crosscraft")
    assert repository == {name: (clone / name).read_bytes() for name in tracked.files(clone)}
    phases = said.getvalue().splitlines()
    assert [line.split()[0] for line in phases[:4]] == [
        "collecting",
        "fetching",
        "computing",
        "writing",
    ]
    assert "{}.{}".format(*sys.version_info) in phases[4]
    assert "MB" in phases[4] or "kB" in phases[4]


def test_a_channel_that_others_would_refuse_is_in_no_bundle(made: Path) -> None:
    manifest = local.find() / local.MANIFEST
    row = {"name": "old", "version": "1", "build": "0", "subdir": "noarch"}
    row |= {"size": 1, "sha256": "0" * 64, "sources": []}
    manifest.write_text(json.dumps({"packages": [row]}))
    with pytest.raises(ChannelError, match=r"another version.*channel build"):
        make_bundle.make(made / "b.tar", Console(io.StringIO()))
    assert list(made.iterdir()) == []


def test_failure_leaves_what_was_there(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (made / "b.tar").write_text("of last week")

    def fail(*_: Any) -> None:
        raise DownloadError("no network", remedy="Fix it.")

    monkeypatch.setattr(make_bundle, "write", fail)
    with pytest.raises(DownloadError):
        make_bundle.make(made / "b.tar", Console(io.StringIO()))
    assert [path.read_text() for path in made.iterdir()] == ["of last week"]


def test_folder_is_no_file(made: Path) -> None:
    with pytest.raises(
        StorageError, match=r"Name a file, for example '.*/out/crosscraft-bundle.tar'"
    ):
        make_bundle.make(made, Console(io.StringIO()))


def test_wheel_with_another_hash_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tiny-1-py3-none-any.whl").write_bytes(b"PK")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"tiny==1 --hash=sha256:{hashlib.sha256(b'other').hexdigest()}\n")
    for name, value in (("NO_INDEX", "1"), ("FIND_LINKS", str(tmp_path))):
        monkeypatch.setenv(f"PIP_{name}", value)
    with pytest.raises(DownloadError, match="does not have the pinned hash"):
        make_bundle.fetch_wheels(requirements, tmp_path / "wheels")


def test_pip_where_python_brings_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert make_bundle.pip_wheel(tmp_path).name.startswith("pip-")
    spec = importlib.util.find_spec("ensurepip")
    assert spec is not None
    monkeypatch.setattr(
        make_bundle, "importlib", SimpleNamespace(util=SimpleNamespace(find_spec=lambda name: None))
    )
    monkeypatch.setattr(make_bundle.sysconfig, "get_config_var", lambda name: str(tmp_path))
    (tmp_path / "pip-26-py3-none-any.whl").touch()
    assert make_bundle.pip_wheel(tmp_path) == tmp_path / "pip-26-py3-none-any.whl"
    monkeypatch.setattr(make_bundle.sysconfig, "get_config_var", lambda name: None)
    monkeypatch.setattr(
        make_bundle.bootstrap, "pip_from_debian", lambda scratch: scratch / "fetched"
    )
    assert make_bundle.pip_wheel(tmp_path) == tmp_path / "fetched"
